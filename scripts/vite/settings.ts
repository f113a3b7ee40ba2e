// The build settings (.env.example) and their checks. An invalid one stops the build, instead of a login weeks later.
import { loadEnv, type Plugin } from 'vite'
import { both, type Sentence } from '../sentence'

/** The settings that a build reads from `.env` files and the environment: all optional, all strings. */
export interface BuildSettings {
  readonly VITE_RTM_BACKEND?: string
  readonly VITE_RTM_APP_ID?: string
  readonly VITE_RTM_GATEWAY_URL?: string
  readonly VITE_RTM_TOKEN_URL?: string
  readonly VITE_RTM_FILES_URL?: string
  readonly VITE_RTM_WIRE?: string
  readonly VITE_MAP_URL?: string
  readonly VITE_MEDIA_HOSTS?: string
  readonly VITE_RTM_ATTACH?: string
  readonly WEIXIN_APP_ID?: string
  readonly WEIXIN_PRIVACY_POPUP?: string
  readonly WEIXIN_PRIVATE_KEY_PATH?: string
  readonly WEIXIN_ROBOT?: string
}

/** Reads the settings of `mode` from the environment and the `.env` files in `root`. The environment wins. */
export function readSettings(mode: string, root: string): BuildSettings {
  return loadEnv(mode, root, ['VITE_RTM_', 'VITE_MAP_', 'VITE_MEDIA_', 'WEIXIN_'])
}

/** The backend of a build. Default: `local`. */
export function backendOf(settings: BuildSettings): string {
  return settings.VITE_RTM_BACKEND || 'local'
}

/** The wire format of a build. Default: `rich`. */
export function wireOf(settings: BuildSettings): string {
  return settings.VITE_RTM_WIRE || 'rich'
}

/** Which popup asks for the privacy consent in WeChat. Default: `own`, that of the program. */
export function privacyPopupOf(settings: BuildSettings): string {
  return settings.WEIXIN_PRIVACY_POPUP || 'own'
}

/**
 * The hosts that the pictures of messages are loaded from, such as `media.example.com`, `*.example.com` or `10.0.0.1:8443`. Default: that of
 * VITE_RTM_GATEWAY_URL, or none.
 */
export function mediaHostsOf(settings: BuildSettings): string[] {
  const { VITE_MEDIA_HOSTS: hosts, VITE_RTM_GATEWAY_URL: gateway } = settings
  if (hosts) return hosts.split(/[\s,]+/).filter(Boolean).map((host) => host.toLowerCase())
  return gateway && backendOf(settings) === 'local' ? [new URL(gateway).host] : []
}

/** Everything that can be sent beside text, in the order of the composer's panel. */
export const ATTACHMENTS = ['image', 'camera', 'video', 'voice', 'file', 'location'] as const
export type Attachment = (typeof ATTACHMENTS)[number]

/**
 * The kinds of messages that the composer offers, as VITE_RTM_ATTACH says; `none` is nothing. Default: all, and in the mini program all but `location`, which WeChat grants to few.
 * @param platform uni-app's: `mp-weixin`, `h5`, ...
 */
export function attachmentsOf({ VITE_RTM_ATTACH: chosen }: BuildSettings, platform: string | undefined): Attachment[] {
  if (!chosen) return ATTACHMENTS.filter((one) => one !== 'location' || platform !== 'mp-weixin')
  const names = namesIn(chosen)
  return ATTACHMENTS.filter((one) => names.includes(one))
}

function namesIn(list: string): string[] {
  return list.split(/[\s,]+/).filter(Boolean)
}

/** The first error in the settings, or undefined if a build can use them. */
export function settingsProblem(settings: BuildSettings): Sentence | undefined {
  const backend = backendOf(settings)
  if (backend !== 'local' && backend !== 'agora') return oneOf('VITE_RTM_BACKEND', 'local', 'agora', backend)

  const wire = wireOf(settings)
  if (wire !== 'rich' && wire !== 'plain') return oneOf('VITE_RTM_WIRE', 'rich', 'plain', wire)

  const popup = privacyPopupOf(settings)
  if (popup !== 'own' && popup !== 'wechat') return oneOf('WEIXIN_PRIVACY_POPUP', 'own', 'wechat', popup)

  const appId = settings.VITE_RTM_APP_ID ?? ''
  if ((backend === 'agora' || appId !== '') && !/^[0-9A-Za-z]{32}$/.test(appId)) {
    return {
      zh: `VITE_RTM_APP_ID ${appId === '' ? '没有设置' : `“${appId}”不对`}：App ID 是 32 位字母和数字，在声网控制台的项目管理里复制（见 docs/AGORA.md）；本地后端不需要它。`,
      en: `VITE_RTM_APP_ID is ${appId === '' ? 'missing' : `wrong ("${appId}")`}: an App ID has 32 letters and digits; copy it from the project list of Agora's console (docs/AGORA.md). The local backend needs none.`,
    }
  }
  return (
    urlProblem('VITE_RTM_GATEWAY_URL', settings.VITE_RTM_GATEWAY_URL, ['ws:', 'wss:']) ??
    urlProblem('VITE_RTM_TOKEN_URL', settings.VITE_RTM_TOKEN_URL, ['http:', 'https:']) ??
    filesProblem(settings) ??
    mapProblem(settings.VITE_MAP_URL) ??
    mediaProblem(settings.VITE_MEDIA_HOSTS) ??
    attachProblem(settings.VITE_RTM_ATTACH)
  )
}

function filesProblem({ VITE_RTM_FILES_URL: value, VITE_RTM_TOKEN_URL: tokens }: BuildSettings): Sentence | undefined {
  if (!value) return undefined
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol) || new URL(value).origin !== value.replace(/\/$/, '')) {
    return {
      zh: `VITE_RTM_FILES_URL 必须是 https://files.example.com 这样的地址，没有路径，现在是“${value}”。`,
      en: `VITE_RTM_FILES_URL must be an address such as https://files.example.com, without a path, not "${value}".`,
    }
  }
  if (tokens) return undefined
  return {
    zh: 'VITE_RTM_FILES_URL 需要 VITE_RTM_TOKEN_URL：上传凭证由 token 服务器一起返回（见 docs/AGORA.md）。',
    en: 'VITE_RTM_FILES_URL needs VITE_RTM_TOKEN_URL: the token server gives the bearers for uploads (docs/AGORA.md).',
  }
}

/** The address of the file server beside Agora's cloud, or '' if a build has none. The local gateway has its own. */
export function filesUrlOf(settings: BuildSettings): string {
  return backendOf(settings) === 'agora' ? (settings.VITE_RTM_FILES_URL ?? '').replace(/\/$/, '') : ''
}

function mapProblem(value: string | undefined): Sentence | undefined {
  if (!value || (/^https:\/\//.test(value) && value.includes('{lat}') && value.includes('{lng}'))) return undefined
  return {
    zh: `VITE_MAP_URL 必须是以 https:// 开头、含有 {lat} 和 {lng} 的地址，现在是“${value}”。`,
    en: `VITE_MAP_URL must be an address that starts with https:// and has {lat} and {lng} in it, not "${value}".`,
  }
}

function mediaProblem(value: string | undefined): Sentence | undefined {
  const wrong = mediaHostsOf({ VITE_MEDIA_HOSTS: value }).find((host) => !/^(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::\d{1,5})?$/.test(host))
  if (wrong === undefined) return undefined
  return {
    zh: `VITE_MEDIA_HOSTS 里的“${wrong}”不是主机名：写成 media.example.com、*.example.com 或 10.0.0.1:8443，不带协议和路径，用逗号分开。`,
    en: `"${wrong}" in VITE_MEDIA_HOSTS is not a host: write media.example.com, *.example.com or 10.0.0.1:8443, without protocol or path, separated by commas.`,
  }
}

function attachProblem(value: string | undefined): Sentence | undefined {
  const names = namesIn(value ?? '')
  const wrong = names.find((name) => ![...ATTACHMENTS, ...(names.length === 1 ? ['none'] : [])].includes(name))
  if (wrong === undefined) return undefined
  return {
    zh: `VITE_RTM_ATTACH 里没有“${wrong}”：可以写 ${ATTACHMENTS.join('、')}，用逗号分开；什么都不要就只写 none。`,
    en: `VITE_RTM_ATTACH does not know "${wrong}": write ${ATTACHMENTS.join(', ')}, separated by commas, or none alone.`,
  }
}

function oneOf(name: string, first: string, second: string, value: string): Sentence {
  return {
    zh: `${name} 只能是 ${first} 或 ${second}，现在是“${value}”。`,
    en: `${name} must be ${first} or ${second}, not "${value}".`,
  }
}

function urlProblem(name: string, value: string | undefined, protocols: readonly [string, string]): Sentence | undefined {
  if (!value) return undefined
  const schemes = protocols.map((protocol) => `${protocol}//`)
  if (URL.canParse(value) && protocols.includes(new URL(value).protocol)) return undefined
  return {
    zh: `${name} 必须是以 ${schemes.join(' 或 ')} 开头的地址，现在是“${value}”。`,
    en: `${name} must be an address that starts with ${schemes.join(' or ')}, not "${value}".`,
  }
}

/**
 * Stops the build or the dev server with one sentence if a setting is wrong. Makes the choices constants of the build even if they have their defaults: an
 * unset variable is looked up at run time, so the code behind it could not be left out.
 */
export function buildSettings(settings: BuildSettings, platform?: string): Plugin {
  return {
    name: 'rtm:settings',
    config() {
      const problem = settingsProblem(settings)
      if (problem) throw new Error(both(problem))
      return {
        define: {
          'import.meta.env.VITE_RTM_BACKEND': JSON.stringify(backendOf(settings)),
          'import.meta.env.VITE_RTM_WIRE': JSON.stringify(wireOf(settings)),
          'import.meta.env.VITE_RTM_FILES_URL': JSON.stringify(filesUrlOf(settings)),
          'import.meta.env.VITE_MEDIA_HOSTS': JSON.stringify(mediaHostsOf(settings).join(',')),
          'import.meta.env.WEIXIN_PRIVACY_POPUP': JSON.stringify(privacyPopupOf(settings)),
          ...attachConstants(settings, platform),
        },
      }
    },
  }
}

/** A constant for each thing that can be sent: `false` leaves its code out of the build. */
export function attachConstants(settings: BuildSettings, platform: string | undefined): Record<string, string> {
  const chosen = attachmentsOf(settings, platform)
  return Object.fromEntries(ATTACHMENTS.map((one) => [`import.meta.env.RTM_ATTACH_${one.toUpperCase()}`, String(chosen.includes(one))]))
}
