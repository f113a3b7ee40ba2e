import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

type Answer = Record<string, string>
type Listener = (resolve: (answer: Answer) => void, info: { referrer: string }) => void

/** The answers to WeChat in order, each with its call. */
let told: string[] = []
let listeners: Listener[] = []
let privacy: typeof import('@/src/platform/privacy')

/** Calls a private function `name` while the user has not agreed. */
const calls = (name: string) => listeners.at(-1)?.(({ event, buttonId }) => void told.push([name, event, buttonId].filter(Boolean).join(' ')), { referrer: name })

async function begin(wx: object): Promise<void> {
  told = []
  listeners = []
  vi.stubGlobal('wx', wx)
  vi.resetModules()
  privacy = await import('@/src/platform/privacy')
}

beforeEach(() => begin({ onNeedPrivacyAuthorization: (listener: Listener) => void listeners.push(listener) }))
afterEach(() => {
  vi.unstubAllGlobals()
  vi.unstubAllEnvs()
})

describe('the privacy authorisation', () => {
  it('listens once, when there is a popup to show', () => {
    expect(listeners).toHaveLength(0)
    privacy.addPrivacyPopup(vi.fn())
    privacy.addPrivacyPopup(vi.fn())
    expect(listeners).toHaveLength(1)
  })

  it('shows the popup, reports that, and gives all waiting calls the same answer', () => {
    const show = vi.fn()
    privacy.addPrivacyPopup(show)
    calls('a')
    calls('b')
    expect(show.mock.calls).toEqual([[true], [true]])
    expect(told).toEqual(['a exposureAuthorization', 'b exposureAuthorization'])
    privacy.agreeToPrivacy()
    expect(told.slice(2)).toEqual(['a agree privacy-agree', 'b agree privacy-agree'])
    expect(show).toHaveBeenLastCalledWith(false)
    // Each is answered once.
    privacy.agreeToPrivacy()
    privacy.refusePrivacy()
    expect(told).toHaveLength(4)
  })

  it('asks again after a refusal', () => {
    privacy.addPrivacyPopup(vi.fn())
    calls('a')
    privacy.refusePrivacy()
    calls('a')
    privacy.agreeToPrivacy()
    expect(told).toEqual(['a exposureAuthorization', 'a disagree', 'a exposureAuthorization', 'a agree privacy-agree'])
  })

  it('shows the popup of the top page, and rejects the waiting calls of a closed page', () => {
    const [below, above] = [vi.fn(), vi.fn()]
    privacy.addPrivacyPopup(below)
    const closeAbove = privacy.addPrivacyPopup(above)
    calls('a')
    expect(above).toHaveBeenLastCalledWith(true)
    expect(below).not.toHaveBeenCalled()
    closeAbove()
    expect(told).toEqual(['a exposureAuthorization', 'a disagree'])
    calls('b')
    expect(below).toHaveBeenLastCalledWith(true)
  })

  it('keeps one question on its page while another page opens and closes', () => {
    const below = vi.fn()
    privacy.addPrivacyPopup(below)
    calls('a')
    const closeAbove = privacy.addPrivacyPopup(vi.fn())
    calls('b')
    closeAbove()
    expect(told).toEqual(['a exposureAuthorization', 'b exposureAuthorization'])
    privacy.agreeToPrivacy()
    expect(told.slice(2)).toEqual(['a agree privacy-agree', 'b agree privacy-agree'])
  })

  it('rejects a call that arrives when its page is gone', () => {
    privacy.addPrivacyPopup(vi.fn())()
    calls('a')
    expect(told).toEqual(['a disagree'])
  })

  it('does nothing if the base library lacks it', async () => {
    await begin({})
    const close = privacy.addPrivacyPopup(vi.fn())
    close()
    expect(listeners).toHaveLength(0)
  })

  it("leaves WeChat's own popup in place if the build says so", async () => {
    vi.stubEnv('WEIXIN_PRIVACY_POPUP', 'wechat')
    await begin({ onNeedPrivacyAuthorization: (listener: Listener) => void listeners.push(listener) })
    privacy.addPrivacyPopup(vi.fn())
    expect(listeners).toHaveLength(0)
  })
})
