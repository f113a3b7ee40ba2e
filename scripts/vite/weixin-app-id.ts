import type { Plugin } from 'vite'
import { amendedJson } from './amended-json'

/**
 * Puts `WEIXIN_APP_ID` into the built project.config.json, so that WeChat's tools open the package as the team's own mini program, while the committed
 * manifest.json has the guest App ID.
 */
export function weixinAppId({ platform, appId }: { readonly platform: string | undefined; readonly appId: string | undefined }): Plugin {
  return amendedJson({ name: 'rtm:weixin-app-id', file: 'project.config.json', members: platform === 'mp-weixin' && appId ? { appid: appId } : undefined })
}
