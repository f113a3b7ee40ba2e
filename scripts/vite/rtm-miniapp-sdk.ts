// Agora's SDK for mini programs is a proprietary CommonJS file that every team downloads for itself. A build takes it
// only where it is used, and takes it as it is: Rollup sees no more of it than a `require`.
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Plugin } from 'vite'
import { both } from '../sentence'

/** The module by which src/rtm imports the SDK; its default export is the SDK, or undefined where the build has none. */
export const SDK_MODULE = 'virtual:rtm-miniapp-sdk'
/** Where the SDK stands in the source tree (git ignores it) and in the package of the mini program. */
export const SDK_SOURCE = 'src/lib/rtm.miniapp.js'
export const SDK_OUTPUT = 'lib/rtm.miniapp.js'

const RESOLVED = `\0${SDK_MODULE}`

/** What {@link rtmMiniappSdk} goes by. */
export interface SdkOptions {
  readonly backend: string
  /** uni-app's platform: `mp-weixin`, `h5`, ... */
  readonly platform: string | undefined
  /** The absolute path of the SDK file, which may not exist. */
  readonly file: string
}

/** The path of the SDK file: `RTM_MINIAPP_SDK` (for tests, which bring a double), or its place in the tree. */
export function sdkFile(root: string, override = process.env.RTM_MINIAPP_SDK): string {
  return path.resolve(root, override || SDK_SOURCE)
}

/**
 * Resolves {@link SDK_MODULE}. For the backend `agora` on mp-weixin the SDK file is copied into the package byte for byte and required
 * from there, as Agora's own guide does; everywhere else, or without the file, the module is `undefined` and nothing of the file is left.
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
      // Relative to the file that requires it; a mini program has no import.meta.
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
