/**
 * WeChat's privacy authorisation: private functions of wx run only once the user has agreed to what the console declares.
 * https://developers.weixin.qq.com/miniprogram/dev/framework/user-privacy/PrivacyAuthorize.html
 */
import type { DialogAnswer, PrivacyState } from '../drive/driver'
import type { Problems } from '../runtime/problems'
import { asyncApi, WxFailure, type Options } from './callbacks'

/** After the user has declined in WeChat's own popup, it does not ask again for this time, ms. */
const OWN_POPUP_GAP_MS = 10_000

const CONTRACT_NAME = '《小程序隐私保护指引》'

type Resolve = (answer?: Options) => void
type Listener = (resolve: Resolve, info: { readonly referrer: string }) => void

/** What WeChat shows and records outside of this file. */
interface Surroundings {
  record(name: string, options: unknown): void
  /** Shows a question of WeChat's own. */
  ask(options: Options): Promise<DialogAnswer>
  /** The user's action has changed the state. */
  changed(state: PrivacyState): void
}

export class Privacy {
  private listener: Listener | undefined
  /** The ids of the buttons by which the user gave consent. */
  private readonly tapped = new Set<string>()
  private refusedAt = -Infinity

  constructor(
    private readonly problems: Problems,
    private current: PrivacyState,
    private readonly surroundings: Surroundings,
  ) {}

  get state(): PrivacyState {
    return this.current
  }

  set state(state: PrivacyState) {
    if (state === this.current) return
    this.current = state
    this.refusedAt = -Infinity
    this.surroundings.changed(state)
  }

  api(): Record<string, unknown> {
    return {
      onNeedPrivacyAuthorization: (listener: Listener) => void (this.listener = listener),
      requirePrivacyAuthorize: asyncApi(this.problems, 'requirePrivacyAuthorize', () => this.allow('requirePrivacyAuthorize')),
      getPrivacySetting: asyncApi(this.problems, 'getPrivacySetting', () => ({
        needAuthorization: this.state === 'declared' || this.state === 'refused',
        privacyContractName: CONTRACT_NAME,
      })),
      openPrivacyContract: asyncApi(this.problems, 'openPrivacyContract', () => {
        this.surroundings.record('openPrivacyContract', {})
        if (this.state === 'undeclared') throw notDeclared()
        void this.surroundings.ask({ title: CONTRACT_NAME, content: '开发者在微信公众平台声明的内容。', showCancel: false, confirmText: '关闭' })
      }),
    }
  }

  /** Resolves once the private function `name` may run. Rejects with that function's error. */
  async allow(name: string): Promise<void> {
    if (this.state === 'undeclared') throw notDeclared()
    if (this.state === 'refused') throw notAuthorised()
    if (this.state === 'agreed') return
    await (this.listener ? this.askProgram(this.listener, name) : this.askByItself())
  }

  /** A `<button open-type="agreePrivacyAuthorization">` was tapped, which WeChat takes for the user's consent. */
  buttonTapped(id: string): void {
    if (id !== '') this.tapped.add(id)
    if (this.state !== 'undeclared') this.state = 'agreed'
  }

  /** The program shows its own popup and reports the result. */
  private askProgram(listener: Listener, referrer: string): Promise<void> {
    return new Promise((allow, refuse) => {
      const resolve: Resolve = (answer = {}) => {
        const { event, buttonId } = answer
        this.surroundings.record('privacyResolve', { ...answer, referrer })
        if (event === 'agree' && typeof buttonId === 'string' && this.tapped.has(buttonId)) return allow()
        if (event === 'agree') this.problems.add(`privacy: resolve({ event: 'agree' }) for ${referrer}, and no button ${JSON.stringify(buttonId)} with open-type="agreePrivacyAuthorization" was tapped`)
        if (event !== 'exposureAuthorization') refuse(notAuthorised())
      }
      this.problems.guard(() => listener(resolve, { referrer }))()
    })
  }

  private async askByItself(): Promise<void> {
    if (Date.now() - this.refusedAt < OWN_POPUP_GAP_MS) throw new WxFailure('privacy permission is not authorized in gap', 104)
    const answer = await this.surroundings.ask({ title: '用户隐私保护提示', content: `使用前请阅读${CONTRACT_NAME}。点击“同意”，即表示你已阅读并同意。`, cancelText: '拒绝', confirmText: '同意' })
    if (answer !== 'confirm') {
      this.refusedAt = Date.now()
      throw notAuthorised()
    }
    this.state = 'agreed'
  }
}

function notDeclared(): WxFailure {
  return new WxFailure('api scope is not declared in the privacy agreement', 112)
}

function notAuthorised(): WxFailure {
  return new WxFailure('privacy permission is not authorized', 104)
}
