/** A user who opens threads and scrolls through them with a real mouse wheel. */
import type { Page } from 'playwright-core'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Probe } from './probe'
import { conversationOf, type H5Site } from './site'
import { numberOf } from '../support/texts'

type Probed = typeof globalThis & { readonly probe: Probe }

/** The speed of a quick wheel: about 10,000 px, or 100 messages, per second. */
const WHEEL_PX = 160
const FRAME_MS = 16

export class Reader {
  private constructor(readonly page: Page) {}

  static async logIn(site: H5Site): Promise<Reader> {
    return new Reader(await site.logIn())
  }

  /** Slows the processor by this factor. */
  async throttle(rate: number): Promise<void> {
    const session = await this.page.context().newCDPSession(this.page)
    await session.send('Emulation.setCPUThrottlingRate', { rate })
  }

  /** Opens the thread with `length` messages by a tap in the list. Resolves to the ms until the user can read and type. */
  open(length: number): Promise<number> {
    return this.tap(`[data-testid="conversation-row"][data-id="${conversationOf(length)}"]`, length - 1)
  }

  /** Taps the button that leads to message `seq`. Resolves to the ms until it is on the screen and the page is responsive. */
  async tap(selector: string, seq: number): Promise<number> {
    const [ms] = await Promise.all([this.page.evaluate((text) => (globalThis as Probed).probe.shown(text), numberOf(seq)), this.page.tap(selector)])
    return ms
  }

  async back(): Promise<void> {
    await this.page.tap('[data-testid="nav-back"]')
    await this.page.waitForSelector('[data-testid="message-list"]', { state: 'detached' })
  }

  /** Turns the wheel up or down until the first visible message is number `goal`, or the thread ends. Calls `each` now and then. */
  async scrollTo(goal: number, each: () => Promise<void> = async () => undefined): Promise<void> {
    await this.page.mouse.move(180, 300)
    let stuck = 0
    for (let at = await this.firstNumber(); stuck < 200; ) {
      const up = goal < at
      for (let i = 0; i < 5; i++) {
        const pace = sleep(FRAME_MS)
        await this.page.mouse.wheel(0, up ? -WHEEL_PX : WHEEL_PX)
        await pace
      }
      await each()
      const now = await this.firstNumber()
      stuck = now === at || Number.isNaN(now) ? stuck + 1 : 0
      if (!Number.isNaN(now)) at = now
      if (up ? at <= goal : at >= goal) return
    }
    throw new Error(`the list cannot be scrolled to message ${goal}: it stands at ${await this.firstNumber()}`)
  }

  nodes(): Promise<number> {
    return this.page.evaluate(() => (globalThis as Probed).probe.nodes())
  }

  firstNumber(): Promise<number> {
    return this.page.evaluate(() => (globalThis as Probed).probe.firstNumber())
  }

  /** The last message that is completely on the screen. */
  lastWholeNumber(): Promise<number> {
    return this.page.evaluate(() => (globalThis as Probed).probe.lastWholeNumber())
  }

  /** UTF-8 bytes of the texts read from IndexedDB so far. */
  readBytes(): Promise<number> {
    return this.page.evaluate(() => (globalThis as Probed).probe.readBytes())
  }

  startFrames(): Promise<void> {
    return this.page.evaluate(() => (globalThis as Probed).probe.startFrames())
  }

  stopFrames(): Promise<number[]> {
    return this.page.evaluate(() => (globalThis as Probed).probe.stopFrames())
  }
}
