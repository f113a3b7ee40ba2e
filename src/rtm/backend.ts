/**
 * The backend of this build. VITE_RTM_BACKEND is fixed at build time, and the branches below compare it literally, so that a package has only the adapter it
 * uses.
 */
import { GATEWAY_DEFAULT_PORT, GATEWAY_PATH, LOCAL_APP_ID } from './local/frames'
import { httpOrigin } from './http-origin'
import type { Rtm } from './port'
// #ifdef MP-WEIXIN
import miniProgramSdk from 'virtual:rtm-miniapp-sdk'
import { createAgoraMiniRtm } from './agora-mini'
import { createLocalRtm } from './local'
// #endif
// #ifdef H5
import { loadPart } from '@/src/chat/util/load-part'
// #endif

export type BackendKind = 'local' | 'agora'

/** From VITE_RTM_BACKEND. Local unless it is agora. */
export const backend: BackendKind = import.meta.env.VITE_RTM_BACKEND === 'agora' ? 'agora' : 'local'

/** The App ID of this build. Empty if VITE_RTM_BACKEND is agora and VITE_RTM_APP_ID is not set. */
export const appId: string = import.meta.env.VITE_RTM_APP_ID || (backend === 'local' ? LOCAL_APP_ID : '')

/** The build is for Agora's cloud, but Agora's SDK file was missing when it was built. */
export class SdkMissingError extends Error {
  override readonly name = 'SdkMissingError'

  constructor() {
    super('src/lib/rtm.miniapp.js was not there when this mini program was built. docs/AGORA.md says where to get it.')
  }
}

/** Agora's SDK does not work: it could not be loaded, or the file is another one. */
export class SdkUnusableError extends Error {
  override readonly name = 'SdkUnusableError'

  constructor(readonly originalError: unknown) {
    super(`Agora's SDK could not be loaded: ${String(originalError)}`)
  }
}

/** The adapter for this build and platform. Rejects with SdkMissingError or SdkUnusableError. */
export function loadRtm(): Promise<Rtm> {
  // One expression: the bundler would keep what follows a `try` that always returns.
  return import.meta.env.VITE_RTM_BACKEND === 'agora' ? loadUsableAgora() : loadLocal()
}

async function loadUsableAgora(): Promise<Rtm> {
  try {
    return await loadAgora()
  } catch (error) {
    throw error instanceof SdkMissingError ? error : new SdkUnusableError(error)
  }
}

async function loadLocal(): Promise<Rtm> {
  // #ifdef MP-WEIXIN
  return createLocalRtm({ url: gatewayUrl() })
  // #endif
  // #ifdef H5
  // In a separate file, which the first paint does without.
  const local = await loadPart(() => import('./local'))
  return local.createLocalRtm({ url: gatewayUrl() })
  // #endif
}

async function loadAgora(): Promise<Rtm> {
  // #ifdef MP-WEIXIN
  if (miniProgramSdk === undefined) throw new SdkMissingError()
  return createAgoraMiniRtm(miniProgramSdk)
  // #endif
  // #ifdef H5
  const [{ createAgoraWebRtm }, sdk] = await Promise.all([import('./agora-web'), import('agora-rtm-sdk')])
  return createAgoraWebRtm(sdk.default)
  // #endif
}

/** The address of the file server, or undefined if there is none: at the gateway's port, and beside Agora's cloud that of VITE_RTM_FILES_URL. */
export function fileServerUrl(): string | undefined {
  return backend === 'local' ? httpOrigin(gatewayUrl()) : import.meta.env.VITE_RTM_FILES_URL || undefined
}

/** The address of the local gateway: VITE_RTM_GATEWAY_URL, or the default port of the page's host, or of this device. */
export function gatewayUrl(): string {
  const configured = import.meta.env.VITE_RTM_GATEWAY_URL
  if (configured) return configured
  let origin = 'ws://127.0.0.1'
  // #ifdef H5
  origin = `${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.hostname}`
  // #endif
  return `${origin}:${GATEWAY_DEFAULT_PORT}${GATEWAY_PATH}`
}
