// Agora's SDK for mini programs is a proprietary CommonJS file that every team downloads itself. A build includes it only if it is used, and unchanged:
// Rollup sees only a `require`.
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Plugin } from 'vite'
import { both } from '../sentence'

/** The module through which src/rtm imports the SDK. Its default export is the SDK, or undefined if the build has none. */
export const SDK_MODULE = 'virtual:rtm-miniapp-sdk'
/** The path of the SDK in the source tree (git ignores it) and in the mini program's package. */
export const SDK_SOURCE = 'src/lib/rtm.miniapp.js'
export const SDK_OUTPUT = 'lib/rtm.miniapp.js'

const RESOLVED = `\0${SDK_MODULE}`

/** The options of {@link rtmMiniappSdk}. */
export interface SdkOptions {
  readonly backend: string
  /** uni-app's platform: `mp-weixin`, `h5`, ... */
  readonly platform: string | undefined
  /** The absolute path of the SDK file, which may not exist. */
  readonly file: string
}

/** The path of the SDK file: `RTM_MINIAPP_SDK` (tests set it to a double), or its path in the tree. */
export function sdkFile(root: string, override = process.env.RTM_MINIAPP_SDK): string {
  return path.resolve(root, override || SDK_SOURCE)
}

/**
 * Resolves {@link SDK_MODULE}. For the backend `agora` on mp-weixin it copies the SDK file into the package unchanged and requires it there, as Agora's own
 * guide does. Otherwise, or without the file, the module is `undefined` and the build has nothing of the file.
 */
export function rtmMiniappSdk({ backend, platform, file }: SdkOptions): Plugin {
  const wanted = backend === 'agora' && platform === 'mp-weixin'
  let warned = false
  return {
    name: 'rtm:miniapp-sdk',
    enforce: 'pre',
    buildStart() {
      if (!wanted || warned || existsSync(file)) return
      warned = true
      console.warn(both(missing(file)))
    },
    resolveId(id) {
      return id === SDK_MODULE ? RESOLVED : undefined
    },
    load(id) {
      if (id !== RESOLVED) return undefined
      if (!wanted) return 'export default undefined'
      this.addWatchFile(file)
      if (!existsSync(file)) return 'export default undefined'
      const reference = this.emitFile({ type: 'asset', fileName: SDK_OUTPUT, source: readFileSync(file) })
      return `export default require(import.meta.ROLLUP_FILE_URL_${reference})`
    },
    resolveFileUrl({ fileName, relativePath }) {
      // Relative to the file that requires it. A mini program has no import.meta.
      if (fileName !== SDK_OUTPUT) return undefined
      return JSON.stringify(relativePath.startsWith('.') ? relativePath : `./${relativePath}`)
    },
  }
}

function missing(file: string) {
  return {
    zh: `缺少声网的小程序 SDK 文件 ${file}：构建会完成，但登录页只会说明缺了什么；下载和放置方法见 docs/AGORA.md。`,
    en: `Agora's mini program SDK is not at ${file}: the build goes on, but its login page can only say so; docs/AGORA.md tells where to get the file.`,
  }
}
