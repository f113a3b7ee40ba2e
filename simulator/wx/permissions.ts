/**
 * The permissions of one mini program: WeChat asks once for each, and afterwards only its page of settings changes the answer.
 * https://developers.weixin.qq.com/miniprogram/dev/framework/open-ability/authorize.html
 */
import type { DialogAnswer, PermissionScope, PermissionState } from '../drive/driver'
import type { Disk, TextCodec } from '../runtime/types'
import type { Problems } from '../runtime/problems'
import { asyncApi, WxFailure, type Options } from './callbacks'

/** Beside the folders of the program, so that they last as long as the phone's disk. */
const FILE = 'permissions.json'

const TITLES: Readonly<Record<PermissionScope, string>> = {
  'scope.writePhotosAlbum': '保存图片或视频到你的相册',
  'scope.record': '使用你的麦克风',
  'scope.userLocation': '获取你的位置信息',
  'scope.camera': '使用你的摄像头',
}

export class Permissions {
  private readonly states: Partial<Record<PermissionScope, PermissionState>>

  constructor(
    private readonly problems: Problems,
    private readonly disk: Disk,
    private readonly codec: TextCodec,
    private readonly unasked: PermissionState,
    private readonly ask: (options: Options) => Promise<DialogAnswer>,
  ) {
    this.states = disk.stat(FILE) ? (JSON.parse(codec.decode(disk.read(FILE))) as Partial<Record<PermissionScope, PermissionState>>) : {}
  }

  api(): Record<string, unknown> {
    const authSetting = () => Object.fromEntries(Object.entries(this.states).filter(([, state]) => state !== 'ask').map(([scope, state]) => [scope, state === 'allowed']))
    return {
      getSetting: asyncApi(this.problems, 'getSetting', () => ({ authSetting: authSetting() })),
      authorize: asyncApi(this.problems, 'authorize', async ({ scope }) => {
        if (!(String(scope) in TITLES)) throw new WxFailure(`invalid scope "${String(scope)}"`)
        await this.scope(scope as PermissionScope)
      }),
      openSetting: asyncApi(this.problems, 'openSetting', async () => {
        const asked = Object.entries(this.states).filter(([, state]) => state !== 'ask').map(([scope]) => scope as PermissionScope)
        const answer = await this.ask({ title: '设置', content: asked.map((scope) => TITLES[scope]).join('\n'), cancelText: '不允许', confirmText: '允许' })
        for (const scope of asked) this.set(scope, answer === 'confirm' ? 'allowed' : 'refused')
        return { authSetting: authSetting() }
      }),
    }
  }

  /** Resolves once the program may do it. Rejects if the user refuses it, or has refused it before. */
  async scope(scope: PermissionScope): Promise<void> {
    const state = this.states[scope] ?? this.unasked
    if (state === 'refused') throw new WxFailure('auth deny', 103)
    if (state === 'allowed') return
    const answer = await this.ask({ title: '申请获取以下权限', content: TITLES[scope], cancelText: '拒绝', confirmText: '允许' })
    this.set(scope, answer === 'confirm' ? 'allowed' : 'refused')
    if (answer !== 'confirm') throw new WxFailure('auth deny', 103)
  }

  /** The phone's own permission for WeChat, which WeChat does not ask about again. */
  async system(scope: PermissionScope): Promise<void> {
    if (this.states[scope] === 'refused') throw new WxFailure('system permission denied')
  }

  set(scope: PermissionScope, state: PermissionState): void {
    this.states[scope] = state
    this.disk.write(FILE, this.codec.encode(JSON.stringify(this.states)))
  }
}
