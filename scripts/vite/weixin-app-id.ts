import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Plugin } from 'vite'

/**
 * Puts `WEIXIN_APP_ID` into the built project.config.json, so that WeChat's tools open the package as the team's own mini program, while the committed
 * manifest.json has the guest App ID.
 */
export function weixinAppId({ platform, appId }: { readonly platform: string | undefined; readonly appId: string | undefined }): Plugin {
  let outDir = ''
  return {
    name: 'rtm:weixin-app-id',
    apply: 'build',
    enforce: 'post',
    configResolved(config) {
      outDir = path.resolve(config.root, process.env.UNI_OUTPUT_DIR ?? config.build.outDir)
    },
    writeBundle: {
      order: 'post',
      sequential: true,
      handler() {
        const file = path.join(outDir, 'project.config.json')
        if (platform !== 'mp-weixin' || !appId || !existsSync(file)) return
        const project = JSON.parse(readFileSync(file, 'utf8')) as object
        writeFileSync(file, JSON.stringify({ ...project, appid: appId }, null, 2))
      },
    },
  }
}
