/** A user's phone and the people who write to them, as the figures need them; and each measured event. */
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { setClock, systemClock } from '../../src/chat/time/clock'
import { SEND_RATE } from '../../src/chat/rtm-limits'
import { conversationKind, conversationTarget, type ConversationId } from '../../src/chat/conversation/conversation'
import { GATEWAY_DEFAULT_PORT } from '../../src/rtm/local/frames'
import { startGateway, type Gateway } from '../../gateway/server'
import { SteppedClock, type MiniProgram, type StartOptions } from '../../simulator/drive/driver'
import { openPipe } from '../../simulator/drive/pipe'
import { connectPipe, connectSocket } from '../../tests/support/connect-socket'
import { id, ME, profileOf, text } from '../fixture/messages'
import { CHANNEL, OTHER, PEER, type StoredPhone } from '../fixture/phone'
import { Speaker } from '../fixture/speaker'
import { costOf, quiet, until, type Cost } from './cost'

export const THREAD = 'src/pages/thread/thread'
export const LIST = 'src/pages/conversations/conversations'
/** Where a build with the default settings looks for the gateway. */
const BUILT_IN_GATEWAY = `127.0.0.1:${GATEWAY_DEFAULT_PORT}`

export const BURST_MESSAGES = 500
export const BURST_MS = 1_000
const BURST_SPEAKERS = 5
export type Start = (options: StartOptions) => Promise<MiniProgram>

export class Scene {
  private readonly speakers = new Map<ConversationId, Speaker>()
  private readonly crowd: Speaker[] = []
  /** Texts that are in no log of the fixture. */
  private said = 1_000_000
  /** Whether each message has its author's name and avatar. */
  isNamed = false

  private constructor(
    readonly gateway: Gateway,
    readonly phone: MiniProgram,
  ) {}

  /**
   * The phone with the conversation list open and connected. With a stepped clock in the options all parties use it, and reach each other without sockets.
   * Only one such scene may be open at a time.
   * @param options.filesKey signs the bearers of the gateway's file server; without it there is none
   */
  static async open(start: Start, stored: StoredPhone, options: StartOptions = {}, { filesKey }: { readonly filesKey?: Buffer } = {}): Promise<Scene> {
    const clock = options.clock instanceof SteppedClock ? options.clock : undefined
    // Files come over real HTTP, for which the stepped clock waits.
    const gateway = await startGateway({ rateLimits: false, port: 0, files: filesKey ? { key: filesKey } : false, ...(clock && { clock, listen: filesKey !== undefined }) })
    const hosts = !clock || filesKey ? hostsOf(gateway) : {}
    const access: StartOptions = clock ? { hosts, openSocket: (_url, _protocols, _headers, handlers) => openPipe(gateway, clock, handlers) } : { hosts }
    if (clock) setClock(clock)
    const phone = await start({ dir: stored.dir, ...access, ...options })
    const scene = new Scene(gateway, phone)
    await phone.waitFor('a conversation', async () => (await phone.count('conversation-row')) > 0, 60_000)
    await phone.waitForCount('connection-banner', 0, {}, 60_000)
    await quiet(phone)
    return scene
  }

  async close(): Promise<string[]> {
    const problems = await this.phone.problems()
    await this.until(Promise.all([...this.speakers.values(), ...this.crowd].map((speaker) => speaker.logout())))
    await this.phone.close()
    const closed = this.gateway.close()
    await this.until(this.phone.clock?.hold(closed) ?? closed)
    setClock(systemClock)
    return problems
  }

  /** A speaker in a conversation. */
  async speaker(conversation: ConversationId): Promise<Speaker> {
    const known = this.speakers.get(conversation)
    if (known) return known
    const target = conversationTarget(conversation)
    const isPeer = conversationKind(conversation) === 'peer'
    const speaker = await this.login(isPeer ? target : `speaker-in-${target}`)
    if (!isPeer) await this.until(speaker.join(target))
    if (this.isNamed) speaker.profile = profileOf(speaker.uid)
    this.speakers.set(conversation, speaker)
    return speaker
  }

  private login(uid: string): Promise<Speaker> {
    const { clock } = this.phone
    return this.until(Speaker.login(this.gateway.url, uid, clock ? connectPipe(this.gateway, clock) : connectSocket))
  }

  /** Waits for a promise. With a stepped clock it runs the time until the promise is settled. */
  private until<Result>(promise: Promise<Result>): Promise<Result> {
    return this.phone.clock?.settled(promise) ?? promise
  }

  private async say(conversation: ConversationId): Promise<{ words: string; sent: Promise<void> }> {
    const speaker = await this.speaker(conversation)
    const words = text(this.said++)
    const target = conversationTarget(conversation)
    return { words, sent: conversationKind(conversation) === 'peer' ? speaker.say(ME, words) : speaker.sayIn(target, words) }
  }

  private async shows(words: string): Promise<boolean> {
    return (await this.phone.all('message-text')).some((element) => element.text === words)
  }

  // ------------------------------------------------------------------------------------------ events

  /** A tap on the list, until the newest message is visible. */
  async openThread(conversation: ConversationId): Promise<Cost> {
    await this.speaker(conversation)
    return costOf(this.phone, () => this.phone.tap('conversation-row', { id: conversation }), async () => (await this.phone.count('message-row')) > 0)
  }

  /** A jump from anywhere to the newest of the log's `length` messages, until it is visible. */
  async toLatest(length: number): Promise<Cost> {
    return costOf(this.phone, () => this.phone.tap('jump-to-latest'), () => this.shows(text(length - 1)))
  }

  /** A jump to the first unread message, which is `seq` of the fixture's first log. */
  async toUnread(seq: number): Promise<Cost> {
    return costOf(this.phone, () => this.phone.tap('jump-to-unread'), () => this.shows(text(seq)))
  }

  /** A received message in the open thread. */
  async append(conversation: ConversationId): Promise<Cost> {
    let words = ''
    const act = async () => {
      const said = await this.say(conversation)
      words = said.words
      void said.sent
    }
    return costOf(this.phone, act, () => this.shows(words))
  }

  /** A received picture in the open thread, until its file is shown. `picture`: the fields of its message. */
  async appendPicture(picture: object): Promise<Cost> {
    const speaker = await this.speaker(PEER)
    const shown = async () => (await this.phone.all('message-image')).length
    const before = await shown()
    return costOf(this.phone, () => this.until(speaker.tell(ME, picture)), async () => (await shown()) > before)
  }

  /** Received while its conversation is not open. */
  async receivePicture(picture: object): Promise<void> {
    const speaker = await this.speaker(PEER)
    await this.until(speaker.tell(ME, picture))
    await this.settled()
  }

  /** Scrolls away from the newest message: by a finger if there is a screen, else until it is no longer rendered. */
  async scrollUp(): Promise<void> {
    await this.settled()
    const { phone } = this
    if (phone.host === 'chromium') {
      await phone.scroll('message-list', 300)
      await phone.waitForCount('jump-to-latest', 1)
    } else {
      const newest = (await phone.element('message-row', { index: -1 })).dataset['id'] ?? ''
      while ((await phone.count('message-row', { id: newest })) > 0) await this.older()
    }
    await this.settled()
  }

  /** The same while the reader has scrolled up: a counter changes, and no row is rendered. */
  async appendScrolled(conversation: ConversationId): Promise<Cost> {
    const counter = async () => ((await this.phone.count('jump-to-latest')) > 0 ? await this.phone.text('jump-to-latest') : '')
    const before = await counter()
    return costOf(this.phone, async () => this.until((await this.say(conversation)).sent), async () => (await counter()) !== before)
  }

  /** An own message reaches the peer: from “sending” to “delivered”. The message is not in a run: in a run of own messages the one before loses its status. */
  async status(): Promise<Cost> {
    await this.append(PEER)
    const speaker = await this.speaker(PEER)
    const release = speaker.hold()
    await this.phone.type('composer-input', text(this.said++))
    await this.phone.tap('composer-send')
    const newest = async () => (await this.phone.all('message-status')).at(-1)?.className ?? ''
    await this.phone.waitFor('it to be on its way', async () => (await newest()).includes('is-sending'))
    return costOf(this.phone, async () => release(), async () => (await newest()).includes('is-delivered'))
  }

  /** The first key pressed in an empty composer, and the later ones up to `length` characters, together. */
  async keystrokes(length: number): Promise<{ first: Cost; next: Cost }> {
    const words = text(this.said++).repeat(Math.ceil(length / 30)).slice(0, length)
    const press = (to: number) => () => this.phone.type('composer-input', words.slice(0, to))
    const at = async () => true
    const first = await costOf(this.phone, press(1), at)
    const next = await costOf(this.phone, async () => {
      for (let to = 2; to <= 20; to++) await press(to)()
      await press(length)()
    }, at)
    await this.phone.type('composer-input', '')
    return { first, next }
  }

  /**
   * A message of the other side, in the open thread, is changed by its author: reacted to, the reaction taken back, edited to words of TEXT_LENGTH, and
   * recalled. `edit.bytes` does not count the words.
   */
  async changes(conversation: ConversationId): Promise<Record<'react' | 'unreact' | 'edit' | 'recall', Cost>> {
    await this.append(conversation)
    const message = (await this.phone.element('message-row', { index: -1 })).dataset['id'] ?? ''
    const reactions = () => this.phone.count('message-reaction')
    const change = (kind: 'edit' | 'recall' | 'reaction', what: object, isShown: () => Promise<boolean>) => costOf(this.phone, () => this.change(conversation, message, kind, what), isShown)
    const react = await change('reaction', { emoji: '👍', on: true }, async () => (await reactions()) === 1)
    const unreact = await change('reaction', { emoji: '👍', on: false }, async () => (await reactions()) === 0)
    const words = text(this.said++)
    const edit = await change('edit', { text: words }, () => this.shows(words))
    const recalled = await this.phone.count('message-recalled')
    const recall = await change('recall', {}, async () => (await this.phone.count('message-recalled')) > recalled)
    return { react, unreact, edit: { ...edit, bytes: edit.bytes - Buffer.byteLength(words) }, recall }
  }

  /** The peer has read the newest own message, which is delivered. */
  async readMark(): Promise<Cost> {
    const { phone } = this
    const speaker = await this.speaker(PEER)
    const message = (await phone.element('message-row', { index: -1 })).dataset['id'] ?? ''
    const newest = async () => (await phone.all('message-status')).at(-1)?.className ?? ''
    return costOf(phone, () => this.until(speaker.tell(ME, { kind: 'receipt', read: [message] })), async () => (await newest()).includes('is-read'))
  }

  /** The peer begins to type, and stops. */
  async typing(): Promise<{ begins: Cost; ends: Cost }> {
    const { phone } = this
    const speaker = await this.speaker(PEER)
    const shows = (count: number) => async () => (await phone.count('thread-typing')) === count
    const begins = await costOf(phone, () => this.until(speaker.tell(ME, { kind: 'typing', quiet: true })), shows(1))
    return { begins, ends: await costOf(phone, async () => undefined, shows(0)) }
  }

  /** A reaction to a message that is not drawn, of the fixture's log. */
  async reactOutside(conversation: ConversationId): Promise<Cost> {
    return costOf(this.phone, () => this.change(conversation, id('m', 1), 'reaction', { emoji: '👍', on: true }), async () => true)
  }

  private async change(conversation: ConversationId, message: string, kind: 'edit' | 'recall' | 'reaction', what: object): Promise<void> {
    const speaker = await this.speaker(conversation)
    const isPeer = conversationKind(conversation) === 'peer'
    const target = conversationTarget(conversation)
    await this.until(speaker.change(kind, { id: message }, what, isPeer ? ME : target, isPeer))
  }

  /** A long press on the newest message opens its menu. Closes it again. Also returns the components that the opening sent data to. */
  async menu(): Promise<Cost & { readonly components: readonly string[] }> {
    const { phone } = this
    const cost = await costOf(phone, () => phone.longPress('message-row', { index: -1 }), async () => (await phone.count('menu-action')) > 0)
    const components = Object.keys((await phone.stats()).perComponent)
    await phone.tap('message-menu-close')
    await phone.waitForCount('message-menu', 0)
    return { ...cost, components }
  }

  /** Messages are being selected, and the one before the newest is selected too, then no longer. Leaves the selection. Returns the one that costs more. */
  async check(): Promise<Cost> {
    const { phone } = this
    await phone.longPress('message-row', { index: -1 })
    await phone.waitFor('the menu', async () => (await phone.count('menu-action')) > 0)
    await phone.tap('menu-action', { action: 'select' })
    await phone.waitForCount('selection-bar', 1)
    await this.settled()
    const isOn = async () => (await phone.element('message-check', { index: -2 })).className.includes('is-on')
    const on = await costOf(phone, () => phone.tap('message-check', { index: -2 }), isOn)
    const off = await costOf(phone, () => phone.tap('message-check', { index: -2 }), async () => !(await isOn()))
    await phone.tap('selection-cancel')
    await phone.waitForCount('message-check', 0)
    await this.settled()
    return on.bytes > off.bytes ? on : off
  }

  /** Three emojis of the open panel, one after the other, into a text of `length` characters. `bytes` besides the text, of the one that costs most. */
  async emoji(length: number): Promise<Cost> {
    const { phone } = this
    const words = text(this.said++).repeat(Math.ceil(length / 30)).slice(0, length)
    const field = async () => (await phone.element('composer-input')).value ?? ''
    await phone.type('composer-input', words)
    await phone.tap('composer-emoji')
    await phone.waitFor('the panel', async () => (await phone.count('emoji')) > 0)
    await this.settled()
    const costs: Cost[] = []
    for (const emoji of ['😂', '☺️', '😂']) {
      const before = await field()
      const cost = await costOf(phone, () => phone.tap('emoji', { emoji }), async () => (await field()) === before + emoji)
      costs.push({ ...cost, bytes: cost.bytes - Buffer.byteLength(before + emoji) })
    }
    await phone.tap('composer-emoji')
    await phone.type('composer-input', '')
    await this.settled()
    return costs.reduce((most, { calls, bytes, ms }) => ({ calls: Math.max(most.calls, calls), bytes: Math.max(most.bytes, bytes), ms: Math.max(most.ms, ms) }))
  }

  /** Messages of another conversation: nothing on the screen changes, and nothing of the list under it. */
  async background(messages: number): Promise<Cost> {
    const act = async () => {
      for (let i = 0; i < messages; i++) await this.until((await this.say(OTHER)).sent)
    }
    return costOf(this.phone, act, async () => true)
  }

  /** The reader comes near the upper end of the rendered rows. */
  async older(): Promise<Cost> {
    const first = async () => (await this.phone.element('message-row')).dataset['id']
    const before = await first()
    return costOf(this.phone, () => this.phone.tap('load-older'), async () => (await first()) !== before)
  }

  /** Goes back to the list, which was hidden. */
  async backToList(): Promise<Cost> {
    return costOf(this.phone, () => this.phone.back(), async () => (await this.phone.route()) === LIST)
  }

  /** `messages` within a second, by several people, in real time: how long the last one takes to appear. */
  async burstTime(messages = BURST_MESSAGES): Promise<number> {
    const crowd = await this.gather(conversationTarget(CHANNEL))
    await quiet(this.phone)
    const began = performance.now()
    const sent: Promise<void>[] = []
    let words = ''
    for (let i = 0; i < messages; i++) {
      const due = began + (i * BURST_MS) / messages
      if (due > performance.now()) await sleep(due - performance.now())
      words = text(this.said++)
      const speaker = crowd[i % crowd.length]
      if (speaker) sent.push(speaker.sayIn(conversationTarget(CHANNEL), words))
    }
    const lastAt = performance.now()
    // A failed message will never appear, so report its error.
    const refused = new Promise<never>((_, reject) => Promise.all(sent).catch(reject))
    const lastMs = await Promise.race([until(this.phone, () => this.shows(words), lastAt), refused])
    await Promise.all(sent)
    await quiet(this.phone)
    return lastMs
  }

  /** The same second with a stepped clock, a message at each step: the exact cost. */
  async burst(messages = BURST_MESSAGES): Promise<Pick<Cost, 'calls' | 'bytes'>> {
    const crowd = await this.gather(conversationTarget(CHANNEL))
    await quiet(this.phone)
    await this.phone.resetStats()
    let words = ''
    const sent: Promise<void>[] = []
    for (let i = 0; i < messages; i++) {
      words = text(this.said++)
      const speaker = crowd[i % crowd.length]
      if (speaker) sent.push(speaker.sayIn(conversationTarget(CHANNEL), words))
      await this.phone.elapse(BURST_MS / messages)
    }
    const { calls, bytes } = await this.phone.stats()
    await this.until(Promise.all(sent))
    await quiet(this.phone)
    if (!(await this.shows(words))) throw new Error(`the last message of the burst is not shown\n${await this.phone.tree()}`)
    return { calls, bytes }
  }

  /** The senders of a burst. Once they are there they may write as much again only after RTM's rate period. */
  private async gather(channel: string): Promise<readonly Speaker[]> {
    if (this.crowd.length > 0) await this.phone.elapse(SEND_RATE.perMs)
    while (this.crowd.length < BURST_SPEAKERS) {
      const speaker = await this.login(id('crowd', this.crowd.length))
      await this.until(speaker.join(channel))
      this.crowd.push(speaker)
    }
    return this.crowd
  }

  /** A message in a thread whose page is hidden. */
  async hidden(conversation: ConversationId): Promise<void> {
    await this.until((await this.say(conversation)).sent)
    await this.settled()
  }

  async settled(): Promise<void> {
    await quiet(this.phone)
  }

  /** A message for a conversation of the open list that is not at the top. */
  async move(conversation: ConversationId): Promise<Cost> {
    await this.speaker(conversation)
    const onTop = async () => (await this.phone.all('conversation-row'))[0]?.dataset['id'] === conversation
    return costOf(this.phone, async () => void (await this.say(conversation)).sent, onTop)
  }
}

export function hostsOf(gateway: Gateway): Readonly<Record<string, string>> {
  return { [BUILT_IN_GATEWAY]: new URL(gateway.url).host }
}

export { CHANNEL, OTHER, PEER }
