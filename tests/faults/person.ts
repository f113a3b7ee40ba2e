/** One user with a phone: types, and experiences the faults of the phone, the app and the network. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { ConversationId } from '../../src/chat/conversation/conversation'
import { startInNode, type MiniProgram } from '../../simulator/drive/driver'
import type { Disk } from '../../simulator/runtime/types'
import { BUILT_IN_GATEWAY, CONVERSATIONS, logIn, startChat, THREAD } from '../miniprogram/people'
import { FaultyDisk, type DiskFailure } from './faulty-disk'
import { readDisk } from './disk-history'
import type { Picture } from './pictures'
import { CHANNEL, HIDDEN_SOCKET_MS, PARTNER, type Uid } from './plan'
import type { Proxy } from './proxy'
import type { Random } from './random'
import { pictureWords } from './verdict'
import type { ProgramLife } from './window'

const POLL_MS = 25
/** A tap shows its row within this time, whatever the network does. */
const SHOWN_WITHIN_MS = 20_000
const START_TIMEOUT_MS = 20_000
/** A kill that waits for a write to tear happens without one after this time. */
const TEAR_WITHIN_MS = 1_500

/** What a user does to a message. */
export type Change = 'react' | 'edit' | 'recall' | 'quote'
/** Among this many of the last messages of a thread. */
const CHANGED_AMONG = 5
/** The program has shown what it will show within this time. */
const SOON_MS = 2_000

export class Person {
  kills = 0
  tornKills = 0
  /** Problems of the program apart from the network: console.error, uncaught errors. */
  readonly problems: string[] = []
  private readonly lives: { from: number; to: number }[] = []
  private phone: MiniProgram | undefined
  private disk: FaultyDisk | undefined
  private isHidden = false
  private isDiskFailing = false
  /** The thread on the screen. */
  private open: ConversationId | undefined
  /** The faults of one user happen one after the other. */
  private turn: Promise<void> = Promise.resolve()
  /** The end of the last killed program. */
  private closing: Promise<void> = Promise.resolve()
  /** Writes that the disk refused: in earlier runs of the program, and until all was saved. */
  private refusedBefore = 0
  private refusedSeen = 0
  /** The words of the own pictures whose rows were seen, by their ids. */
  private readonly pictures = new Map<string, string>()

  /** @param dir the phone's disk, which outlives the program */
  constructor(
    readonly uid: Uid,
    readonly dir: string,
    readonly proxy: Proxy,
    private readonly dist: string | undefined,
    private readonly random: Random,
  ) {}

  /** The first start: logs in and creates the conversations. */
  async begin(): Promise<void> {
    const phone = await this.startPhone()
    await logIn(phone, this.uid)
    await startChat(phone, 'peer', PARTNER[this.uid])
    await phone.back()
    await phone.waitForRoute(CONVERSATIONS)
    await startChat(phone, 'channel', CHANNEL)
    this.open = `channel:${CHANNEL}`
    this.phone = phone
  }

  /** Resolves when the program runs in the foreground. */
  async awake(): Promise<void> {
    while (!this.phone || this.isHidden) await sleep(POLL_MS)
  }

  /** Types a text and presses send. Resolves to whether its row appeared; false if the program was killed before. */
  async say(conversation: ConversationId, text: string): Promise<boolean> {
    const { phone } = this
    if (!phone || !(await this.openThread(phone, conversation))) return false
    await phone.type('composer-input', text)
    if (this.phone !== phone) return false
    await phone.tap('composer-send')
    return this.until(phone, `the row “${text}”`, async () => (await phone.all('message-text')).some((row) => row.text === text))
  }

  /** Sends a picture from the album. Resolves to whether its row appeared; false if the program was killed before. */
  async sendPicture(conversation: ConversationId, picture: Picture): Promise<boolean> {
    const { phone } = this
    try {
      return phone !== undefined && (await this.openThread(phone, conversation)) && (await this.choosePicture(phone, picture))
    } catch (error) {
      if (this.phone === phone) throw error
      return false
    }
  }

  private async choosePicture(phone: MiniProgram, picture: Picture): Promise<boolean> {
    const known = new Set((await this.ownPictures(phone)).map(({ id }) => id))
    // There is none between a restart and the login.
    if (!(await this.until(phone, 'the button of files', async () => (await phone.count('composer-attach')) > 0))) return false
    await phone.give([picture])
    await phone.tap('composer-attach')
    if (!(await this.until(phone, 'the choice of what to send', async () => (await phone.count('attach-item', { kind: 'image' })) > 0))) return false
    // WeChat would make another JPEG of it.
    await phone.tap('attach-original')
    await phone.tap('attach-item', { kind: 'image' })
    let isRefused = false
    const isSeen = await this.until(phone, `the row of ${picture.name}`, async () => {
      // A full disk takes no picture from the album, and the program says so.
      if ((await phone.dialogs()).some(({ waiting }) => waiting)) isRefused = true
      if (isRefused) return true
      const row = (await this.ownPictures(phone)).find(({ id }) => !known.has(id) && !this.pictures.has(id))
      if (row) this.pictures.set(row.id, pictureWords(picture.sha256))
      return row !== undefined
    })
    if (!isSeen || !isRefused) return isSeen
    if (this.refused === 0) throw new Error(`${this.uid} may not send a picture: ${JSON.stringify(await phone.dialogs())}`)
    await phone.answer('confirm')
    await phone.tap('composer-attach')
    return false
  }

  private async ownPictures(phone: MiniProgram): Promise<{ readonly id: string }[]> {
    const seqs = new Set((await phone.all('message-image')).map(({ dataset }) => dataset['seq']))
    const rows = await phone.all('message-row')
    return rows.flatMap(({ className, dataset: { id, seq } }) => (id !== undefined && seqs.has(seq) && className.split(' ').includes('own') ? [{ id }] : []))
  }

  /** Resolves to whether the condition came true; false if the program was killed before. */
  private async until(phone: MiniProgram, what: string, condition: () => Promise<boolean>): Promise<boolean> {
    const isAlive = () => this.phone === phone
    const deadline = Date.now() + SHOWN_WITHIN_MS
    while (isAlive()) {
      // The program may have died during the check: then its row was not seen.
      if ((await condition()) && isAlive()) return true
      if (isAlive() && Date.now() > deadline) throw new Error(`${this.uid} waited ${SHOWN_WITHIN_MS} ms for ${what}\n${await phone.tree()}`)
      await sleep(POLL_MS)
    }
    return false
  }

  /** Opens the thread of a conversation, with nothing but its composer. Resolves to false if the program was killed before. */
  private async openThread(phone: MiniProgram, conversation: ConversationId): Promise<boolean> {
    const isAlive = () => this.phone === phone
    const until = (what: string, condition: () => Promise<boolean>) => this.until(phone, what, condition)
    if (this.open !== conversation) {
      if ((await phone.route()) !== CONVERSATIONS) await phone.back()
      if (!(await until('the list', async () => (await phone.route()) === CONVERSATIONS && (await phone.count('conversation-row', { id: conversation })) === 1))) return false
      await phone.tap('conversation-row', { id: conversation })
      if (!(await until('the thread', async () => (await phone.route()) === THREAD && (await phone.count('composer-input')) === 1))) return false
      this.open = conversation
    }
    // An edit that came too late for its text would take this one.
    if ((await phone.count('composer-editing')) > 0) await phone.tap('composer-quote-cancel')
    return isAlive()
  }

  /**
   * Does something to one of the last messages of the open thread. `words`: of an edit. `began` learns the id of an own message before it is edited or recalled.
   * A kill in between is no failure.
   */
  async change(kind: Change, words: string, pick: (count: number) => number, began: (id: string, text: string) => void): Promise<void> {
    const { phone } = this
    if (!phone || this.open === undefined) return
    try {
      await this.changeOn(phone, kind, words, pick, began)
    } catch (error) {
      if (this.phone === phone) throw error
    }
  }

  private async changeOn(phone: MiniProgram, kind: Change, words: string, pick: (count: number) => number, began: (id: string, text: string) => void): Promise<void> {
    const own = kind === 'edit' || kind === 'recall'
    const texts = await phone.all('message-text')
    const pictures = new Set((await phone.all('message-image')).map(({ dataset }) => dataset['seq']))
    let next = 0
    const rows = (await phone.all('message-row')).map(({ className, dataset: { id = '', seq } }) => ({
      id,
      isOwn: className.split(' ').includes('own'),
      text: pictures.has(seq) ? (this.pictures.get(id) ?? pictureWords('')) : texts[next++]?.text,
    }))
    // A message came while they were read.
    if (texts.length !== next) return
    const last = rows.slice(-CHANGED_AMONG).filter(({ isOwn }) => isOwn || !own)
    const { id, text } = last[pick(last.length)] ?? {}
    if (id === undefined || text === undefined || (own && text === pictureWords(''))) return
    await phone.longPress('message-row', { id })
    // Its subpackage is not loaded without a network.
    if (!(await soon(async () => (await phone.count('menu-action')) > 0))) return
    if (kind === 'react') return phone.tap('reaction-pick', { emoji: '👍' })
    if ((await phone.count('menu-action', { action: kind })) === 0) return phone.tap('message-menu-close')
    if (own) began(id, text)
    await phone.tap('menu-action', { action: kind })
    if (kind === 'recall') return phone.answer('confirm')
    const isAbout = await soon(async () => (await phone.count('composer-quote')) + (await phone.count('composer-editing')) > 0)
    // Its author may have recalled it in between.
    if (kind === 'quote' || !isAbout) return
    await phone.type('composer-input', words)
    await phone.tap('composer-send')
    // A disk that fails takes no edit: the words are back in the composer.
    if (!(await soon(async () => (await phone.count('composer-editing')) === 0))) await phone.tap('composer-quote-cancel')
  }

  /** Kills the program without notice, keeps the disk, and starts it again after `downMs`. */
  kill(torn: number | undefined, downMs: number): Promise<void> {
    return this.inTurn(async () => {
      await this.untilKept()
      if (torn === undefined) this.die()
      else await this.dieInWrite(torn)
      this.kills++
      await sleep(downMs)
      await this.restart()
    })
  }

  hide(ms: number): Promise<void> {
    return this.inTurn(async () => {
      const { phone } = this
      if (!phone) return
      this.isHidden = true
      await phone.raise('AppHide')
      await sleep(HIDDEN_SOCKET_MS)
      this.proxy.block(true)
      this.proxy.cut('both-ends', 0)
      await sleep(ms - HIDDEN_SOCKET_MS)
      this.proxy.block(false)
      await phone.raise('AppShow')
      this.isHidden = false
    })
  }

  failDisk(how: DiskFailure, share: number, ms: number): Promise<void> {
    return this.inTurn(async () => {
      this.isDiskFailing = true
      this.disk?.fail(how, share)
      await sleep(ms)
      this.disk?.heal()
      this.isDiskFailing = false
    })
  }

  /** Whether the banner says nothing about the connection or the storage. */
  async isAtRest(): Promise<boolean> {
    return !this.isDiskFailing && this.phone !== undefined && (await this.warning()) === ''
  }

  /** The banner about the connection and the storage. '' if there is none. */
  async warning(): Promise<string> {
    const shown = await Promise.all(['connection-banner', 'storage-notice'].map((line) => this.phone?.all(line) ?? []))
    return shown.flat().map(({ text }) => text).join(' ')
  }

  private async hasUnsaved(): Promise<boolean> {
    return this.phone !== undefined && (await this.phone.count('storage-notice')) > 0
  }

  get refused(): number {
    return this.refusedBefore + (this.disk?.refused ?? 0)
  }

  /** The program's runs, with the times when it was in the channel. */
  presence(): ProgramLife[] {
    return this.lives.map(({ from, to }) => ({
      from,
      to,
      joined: this.proxy.joined.filter((span) => span.from >= from && span.from < to).map((span) => ({ from: span.from, to: Math.min(span.to, to) })),
    }))
  }

  /** Waits for faults in progress, then kills the program for good. */
  async stop(): Promise<void> {
    await this.turn
    this.die()
  }

  /** Kills the program, whatever is in progress. */
  die(): void {
    const { phone } = this
    if (!phone) return
    this.phone = undefined
    this.open = undefined
    this.disk?.off()
    this.refusedBefore += this.disk?.refused ?? 0
    this.disk = undefined
    const life = this.lives.at(-1)
    if (life) life.to = Date.now()
    // The kill happens in this call, before its promise.
    const closed = phone.close()
    this.closing = phone.problems().then(async (problems) => {
      this.problems.push(...problems)
      await closed
    })
  }

  private async dieInWrite(share: number): Promise<void> {
    const torn = new Promise<boolean>((resolve) => {
      this.disk?.tearNext(share, () => {
        this.die()
        resolve(true)
      })
    })
    if (await Promise.race([torn, sleep(TEAR_WITHIN_MS, false)])) this.tornKills++
    else this.die()
  }

  /** While the screen says that something is unsaved, a kill may lose it, as the product says. */
  private async untilKept(): Promise<void> {
    while (this.isDiskFailing || (await this.hasUnsaved()) || (await this.hasTemporary()) || (this.refusedSinceSafe() && !(await this.isAtRest()))) await sleep(POLL_MS)
    this.refusedSeen = this.refused
  }

  /** A file that a full disk did not take is gone with the program, as its row says. */
  private async hasTemporary(): Promise<boolean> {
    if (this.refused === 0) return false
    const { conversations, logs } = await readDisk(this.dir, this.uid)
    return conversations.some(({ id, pending }) => logs.get(id)?.some(({ seq, body }) => pending.includes(seq) && (body as { local?: string }).local?.startsWith('temp:')))
  }

  private refusedSinceSafe(): boolean {
    return this.refused > this.refusedSeen
  }

  private async restart(): Promise<void> {
    await this.closing
    const phone = await this.startPhone()
    await phone.waitForRoute(CONVERSATIONS, START_TIMEOUT_MS)
    this.phone = phone
  }

  private async startPhone(): Promise<MiniProgram> {
    this.lives.push({ from: Date.now(), to: Number.POSITIVE_INFINITY })
    const wrap = (disk: Disk): Disk => (this.disk = new FaultyDisk(disk, this.random))
    return startInNode({ dir: this.dir, disk: wrap, hosts: { [BUILT_IN_GATEWAY]: this.proxy.address }, ...(this.dist ? { dist: this.dist } : {}) })
  }

  private inTurn(run: () => Promise<void>): Promise<void> {
    const next = this.turn.then(run)
    this.turn = next.catch(() => undefined)
    return next
  }
}

async function soon(condition: () => Promise<boolean>): Promise<boolean> {
  for (const end = Date.now() + SOON_MS; !(await condition()); await sleep(POLL_MS)) if (Date.now() > end) return false
  return true
}
