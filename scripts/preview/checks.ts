import type { Sentence } from '../sentence'
import { backendOf, type BuildSettings } from '../vite/settings'

/** Where WeChat's console shows the App ID, the key and the IP list of a mini program. The console has no English. */
const CONSOLE = 'mp.weixin.qq.com → 开发管理 → 开发设置'
const UPLOAD = `${CONSOLE} → 小程序代码上传`

/** The robots of one mini program. Each has its own preview. */
const ROBOTS_MAX = 30

/** The settings of a preview, after {@link previewProblems} found nothing wrong. */
export interface PreviewTarget {
  readonly appId: string
  /** As given: absolute, or relative to the root of the repository. */
  readonly keyPath: string
  readonly robot: number
}

/** The files that the checks read, by the path given in the settings. */
export interface PreviewFiles {
  /** The text of a file, or undefined if it is missing. */
  readonly read: (path: string) => string | undefined
  /** Whether Agora's SDK file exists. */
  readonly hasSdk: boolean
}

/** The preview described by the settings. Missing values are empty. */
export function previewTarget(settings: BuildSettings): PreviewTarget {
  return {
    appId: settings.WEIXIN_APP_ID ?? '',
    keyPath: settings.WEIXIN_PRIVATE_KEY_PATH ?? '',
    robot: settings.WEIXIN_ROBOT ? Number(settings.WEIXIN_ROBOT) : 1,
  }
}

/** All obstacles to a preview, each with where to get what is missing. Empty if there are none. */
export function previewProblems(settings: BuildSettings, files: PreviewFiles): Sentence[] {
  const { appId, keyPath, robot } = previewTarget(settings)
  return [appIdProblem(appId), keyProblem(keyPath, files), robotProblem(robot, settings), backendProblem(settings, files)].filter((problem) => problem !== undefined)
}

function appIdProblem(appId: string): Sentence | undefined {
  if (/^wx[0-9a-f]{16}$/.test(appId)) return undefined
  return {
    zh: `WEIXIN_APP_ID ${appId === '' ? '没有设置' : `“${appId}”不对`}：小程序的 AppID 以 wx 开头，共 18 位，在 ${CONSOLE} 里复制。`,
    en: `WEIXIN_APP_ID is ${appId === '' ? 'missing' : `wrong ("${appId}")`}: a mini program's AppID is wx and 16 digits or letters a-f; copy it from ${CONSOLE}.`,
  }
}

function keyProblem(keyPath: string, { read }: PreviewFiles): Sentence | undefined {
  const get = `在 ${UPLOAD} 里生成并下载密钥，同时把这台机器的公网 IP 加入 IP 白名单`
  const getEn = `generate and download it at ${UPLOAD}, and put this machine's public IP on the white list there`
  if (keyPath === '') {
    return { zh: `WEIXIN_PRIVATE_KEY_PATH 没有设置：${get}。`, en: `WEIXIN_PRIVATE_KEY_PATH, the path of the upload key, is missing: ${getEn}.` }
  }
  const key = read(keyPath)
  if (key === undefined) {
    return { zh: `WEIXIN_PRIVATE_KEY_PATH 指向的 ${keyPath} 不存在：${get}。`, en: `WEIXIN_PRIVATE_KEY_PATH names ${keyPath}, which is not there: ${getEn}.` }
  }
  if (!/-----BEGIN (RSA )?PRIVATE KEY-----/.test(key)) {
    return { zh: `${keyPath} 不是小程序代码上传密钥：${get}。`, en: `${keyPath} is not an upload key: ${getEn}.` }
  }
  return undefined
}

function robotProblem(robot: number, { WEIXIN_ROBOT }: BuildSettings): Sentence | undefined {
  if (Number.isInteger(robot) && robot >= 1 && robot <= ROBOTS_MAX) return undefined
  return {
    zh: `WEIXIN_ROBOT 必须是 1 到 ${ROBOTS_MAX} 的整数，现在是“${WEIXIN_ROBOT}”；不设置就是 1，每个机器人各有一个开发版（${UPLOAD}）。`,
    en: `WEIXIN_ROBOT must be a whole number from 1 to ${ROBOTS_MAX}, not "${WEIXIN_ROBOT}"; without it 1 is used, and each robot has a version of its own (${UPLOAD}).`,
  }
}

function backendProblem(settings: BuildSettings, { hasSdk }: PreviewFiles): Sentence | undefined {
  if (backendOf(settings) === 'agora') {
    if (hasSdk) return undefined
    return {
      zh: '缺少 src/lib/rtm.miniapp.js，手机上无法登录声网：下载和放置方法见 docs/AGORA.md。',
      en: 'src/lib/rtm.miniapp.js is missing, so a phone could not log in to Agora: docs/AGORA.md tells where to get it.',
    }
  }
  const url = settings.VITE_RTM_GATEWAY_URL || undefined
  if (url !== undefined && !isLoopback(url)) return undefined
  return {
    zh: `网关地址${url ? ` ${url} ` : '没有设置，默认'}是本机地址，手机连不上：请用 npm start -- --lan 启动，并把它打印的网关地址写进 VITE_RTM_GATEWAY_URL。`,
    en: `The gateway address ${url ? `${url} is` : 'is not set and defaults to'} this machine's loopback, which a phone cannot reach: run npm start -- --lan and put the gateway address it prints into VITE_RTM_GATEWAY_URL.`,
  }
}

/** Whether an address means the machine it is used on: loopback, or the unspecified address that servers bind to. */
export function isLoopback(url: string): boolean {
  if (!URL.canParse(url)) return false
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '')
  // The URL parser has already turned 127.1, 0x7f.0.0.1 and the like into four numbers.
  return /^127(\.\d+){3}$/.test(host) || /(^|\.)localhost\.?$/.test(host) || ['0.0.0.0', '::1', '::'].includes(host) || /^::ffff:7f[0-9a-f]{2}:/.test(host)
}
