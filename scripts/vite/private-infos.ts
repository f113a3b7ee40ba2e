import type { Plugin } from 'vite'
import { amendedJson } from './amended-json'
import { attachmentsOf, type BuildSettings } from './settings'

/** Names wx.chooseLocation in the built app.json if VITE_RTM_ATTACH has `location`: without it WeChat refuses each call (docs/WECHAT.md). */
export function privateInfos({ settings, platform }: { readonly settings: BuildSettings; readonly platform: string | undefined }): Plugin {
  const isUsed = platform === 'mp-weixin' && attachmentsOf(settings, platform).includes('location')
  return amendedJson({ name: 'rtm:private-infos', file: 'app.json', members: isUsed ? { requiredPrivateInfos: ['chooseLocation'] } : undefined })
}
