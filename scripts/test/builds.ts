// The builds that tests/miniprogram and tests/e2e use. A test that needs another one adds it here.
import { fileURLToPath } from 'node:url'
import { GATEWAY_DEFAULT_PORT, GATEWAY_PATH } from '../../src/rtm/local/frames'

/** The settings of every test build, whatever a developer's `.env.local` says. Empty is unset. */
export const NEUTRAL_SETTINGS = {
  VITE_RTM_BACKEND: 'local',
  VITE_RTM_APP_ID: '',
  VITE_RTM_GATEWAY_URL: '',
  VITE_RTM_TOKEN_URL: '',
  VITE_RTM_FILES_URL: '',
  VITE_RTM_WIRE: 'rich',
  VITE_MAP_URL: '',
  VITE_MEDIA_HOSTS: '',
  VITE_RTM_ATTACH: '',
  WEIXIN_APP_ID: '',
  WEIXIN_PRIVACY_POPUP: 'own',
} as const

/** One production build. */
export interface Build {
  readonly name: string
  readonly platform: 'mp-weixin' | 'h5'
  /** The settings of this build, besides {@link NEUTRAL_SETTINGS}. */
  readonly env: Readonly<Record<string, string>>
  /** Further arguments of uni-app's command line. */
  readonly args?: readonly string[]
  /** UNI_OUTPUT_DIR, relative to the root of the repository. */
  readonly output: string
}

/** Replaces Agora's SDK file, which only Agora's users have. `npm test` writes it before the builds. */
export const SDK_DOUBLE = 'dist/test/rtm.miniapp.double.js'
/** The cloud in the double: the gateway, at the address of a local build. */
export const SDK_DOUBLE_CLOUD = `ws://127.0.0.1:${GATEWAY_DEFAULT_PORT}${GATEWAY_PATH}`

/** A report by two of the builds: which file each module went to (scripts/vite/mini-program-chunks.ts). */
export const CHUNK_REPORTS = { product: 'dist/test/chunks.json', subpackages: 'dist/test/chunks-subpackages.json' } as const
/** The build of H5 for the folder /chat/ of a server. */
export const BASE_OUTPUT = 'dist/test/h5-base'
/** The build of tests/miniprogram/subpackages-app. */
export const SUBPACKAGES_OUTPUT = 'dist/test/mp-weixin-subpackages'

export const BUILDS: readonly Build[] = [
  // With an SDK file available, so that a test can show that the local backend does not include it.
  { name: 'mp-weixin', platform: 'mp-weixin', env: { RTM_MINIAPP_SDK: SDK_DOUBLE, RTM_CHUNK_REPORT: CHUNK_REPORTS.product }, output: 'dist/build/mp-weixin' },
  { name: 'h5', platform: 'h5', env: {}, output: 'dist/build/h5' },
  { name: 'h5, for a folder of a server', platform: 'h5', env: {}, args: ['--base', '/chat/'], output: BASE_OUTPUT },
  // Two independent settings in one build, since a build takes half a minute.
  { name: "mp-weixin, plain wire and WeChat's own privacy popup", platform: 'mp-weixin', env: { VITE_RTM_WIRE: 'plain', WEIXIN_PRIVACY_POPUP: 'wechat' }, output: 'dist/test/mp-weixin-plain' },
  {
    name: 'mp-weixin, Agora',
    platform: 'mp-weixin',
    env: { VITE_RTM_BACKEND: 'agora', VITE_RTM_APP_ID: '0123456789abcdef0123456789abcdef', RTM_MINIAPP_SDK: SDK_DOUBLE },
    output: 'dist/test/mp-weixin-agora',
  },
  {
    name: 'mp-weixin, Agora with files',
    platform: 'mp-weixin',
    env: {
      VITE_RTM_BACKEND: 'agora',
      VITE_RTM_APP_ID: '0123456789abcdef0123456789abcdef',
      VITE_RTM_TOKEN_URL: 'http://tokens.test:3000/token',
      VITE_RTM_FILES_URL: 'http://files.test:7071',
      RTM_MINIAPP_SDK: SDK_DOUBLE,
    },
    output: 'dist/test/mp-weixin-agora-files',
  },
  {
    name: 'mp-weixin, Agora without its SDK',
    platform: 'mp-weixin',
    env: { VITE_RTM_BACKEND: 'agora', VITE_RTM_APP_ID: '0123456789abcdef0123456789abcdef', RTM_MINIAPP_SDK: 'dist/test/no-such-file.js' },
    output: 'dist/test/mp-weixin-agora-missing',
  },
  {
    name: 'mp-weixin, an app with subpackages',
    platform: 'mp-weixin',
    env: { UNI_INPUT_DIR: fileURLToPath(new URL('../../tests/miniprogram/subpackages-app', import.meta.url)), RTM_CHUNK_REPORT: CHUNK_REPORTS.subpackages },
    output: SUBPACKAGES_OUTPUT,
  },
]
