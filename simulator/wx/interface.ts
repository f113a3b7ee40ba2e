/** WeChat's interface around the page: title, badges, toasts, dialogs. Recorded for tests, and drawn if there is a screen. */
import type { Dialog, DialogAnswer, PrivacyState } from '../drive/driver'
import { blurField } from '../runtime/fields'
import type { Pages } from '../runtime/pages'
import type { Problems } from '../runtime/problems'
import type { Toast } from '../runtime/dialogs'
import type { TabStyle } from '../runtime/screen'
import { asyncApi, plainOptions, WxFailure, type Options } from './callbacks'
import { Privacy } from './privacy'

interface ShownDialog {
  readonly kind: Dialog['kind']
  readonly options: Options
  settle?: (answer: DialogAnswer) => void
}

/** Functions without effect here, recorded for tests. */
const RECORDED_ONLY = ['pageScrollTo', 'stopPullDownRefresh', 'startPullDownRefresh', 'showNavigationBarLoading', 'hideNavigationBarLoading', 'setKeepScreenOn', 'vibrateShort', 'vibrateLong', 'openLocation', 'showShareMenu', 'hideShareMenu', 'hideHomeButton'] as const

/** WeChat's default duration of a toast, ms. */
const TOAST_MS = 1500

export class Interface {
  readonly titles = new WeakMap<object, string>()
  readonly colours = new WeakMap<object, { front?: string; background?: string }>()
  /** Of the window behind the page. */
  readonly backgrounds = new WeakMap<object, string>()
  /** The colours that setTabBarStyle has set. */
  tabStyle: TabStyle = {}
  readonly badges = new Map<number, string>()
  /** The texts that setTabBarItem has set. */
  readonly tabTexts = new Map<number, string>()
  /** The box in the middle of the screen. Toast and loading share it, as in WeChat. */
  box: Toast | undefined
  private readonly calls = new Map<string, Options[]>()
  private readonly dialogs: ShownDialog[] = []
  private readonly answers: DialogAnswer[] = []
  private clipboard = ''
  /** Resolves when private functions may run. */
  readonly privacy: Privacy

  constructor(
    private readonly problems: Problems,
    private readonly pages: Pages,
    private readonly changed: () => void,
    privacy: PrivacyState,
    onPrivacyChange: (state: PrivacyState) => void,
  ) {
    this.privacy = new Privacy(problems, privacy, {
      record: (name, options) => this.record(name, options),
      ask: (options) => this.question(options),
      changed: onPrivacyChange,
    })
  }

  api(): Record<string, unknown> {
    const simple = Object.fromEntries(RECORDED_ONLY.map((name) => [name, this.recorded(name, () => undefined)]))
    const remove = (name: string) => this.recorded(name, (options) => void this.badges.delete(this.tabOf(options)))
    return {
      ...simple,
      ...this.privacy.api(),
      hideKeyboard: this.recorded('hideKeyboard', () => {
        if (!blurField()) throw new WxFailure('input not exists')
      }),
      setNavigationBarTitle: this.recorded('setNavigationBarTitle', ({ title }) => this.ofTop(this.titles, String(title))),
      setNavigationBarColor: this.recorded('setNavigationBarColor', ({ frontColor, backgroundColor }) =>
        this.ofTop(this.colours, { front: frontColor as string, background: backgroundColor as string }),
      ),
      setBackgroundColor: this.recorded('setBackgroundColor', ({ backgroundColor }) => this.ofTop(this.backgrounds, String(backgroundColor))),
      setTabBarStyle: this.recorded('setTabBarStyle', (options) => {
        this.requireTabBar()
        this.tabStyle = { ...this.tabStyle, ...(options as TabStyle) }
      }),
      setTabBarBadge: this.recorded('setTabBarBadge', (options) => void this.badges.set(this.tabOf(options), String(options['text']))),
      showTabBarRedDot: this.recorded('showTabBarRedDot', (options) => void this.badges.set(this.tabOf(options), '')),
      removeTabBarBadge: remove('removeTabBarBadge'),
      hideTabBarRedDot: remove('hideTabBarRedDot'),
      setTabBarItem: this.recorded('setTabBarItem', (options) => void this.tabTexts.set(this.tabOf(options), String(options['text'] ?? ''))),
      showToast: this.recorded('showToast', (options) => this.showToast(options)),
      hideToast: this.recorded('hideToast', () => {
        this.box = undefined
      }),
      showLoading: this.recorded('showLoading', (options) => {
        this.show('loading', options)
        this.box = { title: String(options['title'] ?? ''), icon: 'loading' }
      }),
      hideLoading: this.recorded('hideLoading', () => this.hideLoading()),
      showModal: this.recorded('showModal', async (options) => {
        const answer = await this.ask('modal', options)
        return { confirm: answer === 'confirm', cancel: answer !== 'confirm', content: null }
      }),
      showActionSheet: this.recorded('showActionSheet', async (options) => {
        const answer = await this.ask('actionSheet', options)
        if (typeof answer !== 'number') throw new WxFailure('cancel')
        return { tapIndex: answer }
      }),
      setClipboardData: this.recorded('setClipboardData', async ({ data }) => {
        await this.privacy.allow('setClipboardData')
        this.clipboard = String(data)
        // WeChat shows this itself, and no option prevents it.
        this.showToast({ title: '内容已复制', icon: 'success', duration: TOAST_MS })
        this.changed()
      }),
      getClipboardData: this.recorded('getClipboardData', async () => {
        await this.privacy.allow('getClipboardData')
        return { data: this.clipboard }
      }),
    }
  }

  /** A question of WeChat's own. */
  question(options: Options): Promise<DialogAnswer> {
    const answer = this.ask('modal', options)
    this.changed()
    return answer
  }

  /** Records a call of wx for tests. */
  record(name: string, options: unknown): void {
    this.calls.set(name, [...(this.calls.get(name) ?? []), plainOptions(options)])
  }

  callsOf(name: string): Options[] {
    return this.calls.get(name) ?? []
  }

  shown(): Dialog[] {
    return this.dialogs.map(({ kind, options, settle }) => ({ kind, options, waiting: settle !== undefined }))
  }

  answer(answer: DialogAnswer): void {
    const waiting = this.dialogs.find(({ settle }) => settle)
    if (waiting) waiting.settle?.(answer)
    else this.answers.push(answer)
  }

  private recorded(name: string, run: (options: Options) => Options | void | Promise<Options | void>): unknown {
    const call = asyncApi(this.problems, name, (options) => {
      const result = run(options)
      this.changed()
      return result
    })
    return (options?: Options) => {
      this.record(name, options)
      return call(options)
    }
  }

  private showToast(options: Options): void {
    this.show('toast', options)
    this.box = { title: String(options['title'] ?? ''), icon: String(options['icon'] ?? 'success'), duration: Number(options['duration'] ?? TOAST_MS) }
  }

  private show(kind: Dialog['kind'], options: Options): void {
    this.dialogs.push({ kind, options: plainOptions(options) })
  }

  private hideLoading(): void {
    this.box = undefined
    const at = this.dialogs.findLastIndex(({ kind }) => kind === 'loading')
    if (at >= 0) this.dialogs.splice(at, 1)
  }

  private ask(kind: 'modal' | 'actionSheet', options: Options): Promise<DialogAnswer> {
    const dialog: ShownDialog = { kind, options: plainOptions(options) }
    this.dialogs.push(dialog)
    const prepared = this.answers.shift()
    if (prepared !== undefined) return Promise.resolve(prepared)
    return new Promise((resolve) => {
      dialog.settle = (answer) => {
        dialog.settle = undefined
        this.changed()
        resolve(answer)
      }
    })
  }

  private tabOf({ index }: Options): number {
    this.requireTabBar()
    return Number(index)
  }

  private requireTabBar(): void {
    if (!this.pages.top || !this.pages.isTab(this.pages.top.path)) throw new WxFailure('not TabBar page')
  }

  private ofTop<Value>(map: WeakMap<object, Value>, value: Value): void {
    if (this.pages.top) map.set(this.pages.top, value)
  }
}
