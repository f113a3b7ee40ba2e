/**
 * An open conversation. The rules of its window are in chat/timeline. This reads storage for it and has a ref for each chunk, so that a message updates one
 * chunk only. While the reader is not at the end, new messages are counted and held back: they update a number on the screen, not a row.
 */
import { shallowRef, type ShallowRef } from 'vue'
import type { ConversationId } from '@/src/chat/conversation/conversation'
import { keepingChanges, type Message } from '@/src/chat/message/message'
import { orElse } from '@/src/chat/util/or-else'
import { kindOf } from '@/src/kinds/registry'
import { StorageError } from '@/src/storage/port'
import type { ThreadView } from '@/src/chat/timeline/scroll-anchor'
import { startAt } from '@/src/chat/timeline/timeline-start'
import { append, flood, following, jump, messageAt, newer, older, openAt, readFailed, replace, withChunks, type Chunk, type Anchor, type Timeline, type TimelineChange } from '@/src/chat/timeline/timeline'
import { CHUNK_SIZE, seqsOf } from '@/src/chat/timeline/chunk'
import { getOrSet } from '@/src/chat/util/get-or-set'
import { EdgeRows } from './edge-rows'
import { windowOf, type ThreadWindow } from './thread-window'

/** Above this number they are not held back but read from storage when the reader comes near. */
const BUFFERED_MAX = 100

export type ReadMessages = (id: ConversationId, from: number, to: number) => Promise<Message[]>

export class Thread {
  readonly window: ShallowRef<ThreadWindow>
  /** The number of messages that arrived since the reader left the end. */
  readonly newCount: ShallowRef<number> = shallowRef(0)
  /** Bumped when the end of the log has moved and the reader moves with it. */
  readonly endVersion: ShallowRef<number> = shallowRef(0)
  /** The latest batch of messages by others. */
  readonly arrived: ShallowRef<readonly Message[]> = shallowRef([])
  /** The target of the last jump, while it is highlighted. */
  readonly highlighted: ShallowRef<number | undefined> = shallowRef()
  /** The message to which the list is to jump. A new object for each jump. */
  readonly wanted: ShallowRef<{ readonly seq: number } | undefined> = shallowRef()
  /** The messages of which the reader has opened the folded body or reactions, by seq. They stay open as long as the thread. */
  readonly opened = { body: new Set<number>(), reactions: new Set<number>() }
  /** Bumped with each of them. */
  readonly openings: ShallowRef<number> = shallowRef(0)
  /** Whether its page is in front. */
  visible = true
  /** Whether the user looks at the app. */
  isAttended = true

  private timeline: Timeline
  private buffered: Message[] = []
  private isAtEnd: boolean
  private isUnreadable = false
  private readonly chunks = new Map<number, ShallowRef<Chunk | undefined>>()
  private readonly edges = new EdgeRows()
  /** Chunks that left the window with the last change. The screen may show them until its next update. */
  private leaving: readonly number[] = []

  constructor(
    /** A name that is unique among the open threads, and short. Chunk names begin with it. */
    readonly key: string,
    readonly conversation: ConversationId,
    /** The length of the log. */
    length: number,
    private readonly place: Anchor,
    /** The first unread message when the thread was opened. The divider is above it. */
    readonly divider: number | undefined,
    private readonly read: ReadMessages,
    /** The first message that is still in the log. */
    private start = 0,
    /** The number of unread messages when the thread was opened. */
    readonly unread = 0,
  ) {
    // If it opens at a message, new messages do not count as seen before the list knows what it shows.
    this.isAtEnd = place === 'latest'
    this.timeline = openAt(length, place, start)
    this.window = shallowRef(this.windowNow())
  }

  /** Reads the messages that the window needs. If storage fails, the window stays as it was and reports that. */
  async load(): Promise<void> {
    const { reading } = this.timeline
    if (reading === null) return
    const { from, to } = seqsOf(reading)
    const messages = await orElse(StorageError, () => this.read(this.conversation, Math.max(this.start, from - 1), to + 1), () => undefined)
    if (messages) {
      for (const message of messages) if (message.seq < from || message.seq >= to) this.edges.add(message)
      // The current timeline, with the messages that arrived or changed during the read.
      this.apply(withChunks(this.timeline, reading, messages))
      if (this.atEnd && this.buffered.length === 0) this.newCount.value = 0
    } else {
      this.timeline = readFailed(this.timeline, reading)
      this.isUnreadable = true
      this.window.value = this.windowNow()
    }
    this.dropGone()
  }

  /** The log begins at `start` now: earlier messages are no longer displayed. */
  startAt(start: number): void {
    this.start = Math.max(this.start, start)
    this.dropGone()
  }

  /** Adds a chunk at the top, or the first chunks if they could not be read before. */
  loadOlder(): Promise<void> {
    const isBlank = this.timeline.to === 0 && this.timeline.length > 0 && this.timeline.reading === null
    return this.move(isBlank ? openAt(this.timeline.length, this.place, this.start) : older(this.timeline))
  }

  /** Adds a chunk at the bottom, and the held-back messages once the end is reached. */
  async loadNewer(): Promise<void> {
    if (following(this.timeline)) return this.release()
    await this.move(newer(this.timeline))
  }

  /** Jumps to the newest message. */
  async toLatest(): Promise<void> {
    this.release()
    await this.move(jump(this.timeline, 'latest'))
    this.release()
  }

  /** Jumps to the message `seq`, without loading the messages between. */
  async toMessage(seq: number): Promise<void> {
    await this.move(jump(this.timeline, seq))
  }

  /** New and changed messages, in any mix. Of two with one seq the later one counts, with the amendments of both. */
  show(messages: readonly Message[]): void {
    const known = this.timeline.length + this.buffered.length
    const added = new Map<number, Message>()
    for (const message of messages) {
      if (message.seq < this.start) continue
      if (message.seq < known) this.replace(message)
      else added.set(message.seq, keepingChanges(message, added.get(message.seq)))
    }
    if (added.size > 0) this.add([...added.values()])
  }

  /** The reader reached the end, or left it. */
  setAtEnd(atEnd: boolean): void {
    this.isAtEnd = atEnd
    if (atEnd && following(this.timeline)) this.release()
  }

  /** The reader opens a folded part of the message `seq`. It grows downwards, so the visible text does not move. */
  open(part: keyof Thread['opened'], seq: number): void {
    this.opened[part].add(seq)
    this.openings.value++
    this.setAtEnd(false)
  }

  get atEnd(): boolean {
    return this.isAtEnd && following(this.timeline)
  }

  /** Whether the user sees messages as they arrive. */
  get isRead(): boolean {
    return this.visible && this.isAttended && this.atEnd
  }

  /**
   * A chunk by its index, the same ref as long as it is in the window. A chunk that is not loaded yet can be followed too: the last row of a chunk depends on
   * the first row of the next.
   */
  chunk(index: number): Readonly<ShallowRef<Chunk | undefined>> {
    return getOrSet(this.chunks, index, () => shallowRef())
  }

  /** The message before a chunk, if it was ever loaded. */
  before(index: number): Message | undefined {
    const messages = this.chunk(index - 1).value?.messages
    return messages?.[messages.length - 1] ?? this.edges.get(index * CHUNK_SIZE - 1)
  }

  /** The message after a chunk, if it was ever loaded. */
  after(index: number): Message | undefined {
    return this.chunk(index + 1).value?.messages[0] ?? this.edges.get((index + 1) * CHUNK_SIZE)
  }

  /** The displayed part of the log, in seqs, for chat/scroll-anchor. */
  view(): ThreadView {
    const { from, to } = seqsOf(this.timeline)
    return { from, to: Math.min(to, this.timeline.length), length: this.timeline.length }
  }

  /** All messages in the window, in order. */
  messages(): readonly Message[] {
    return [...this.timeline.chunks].sort(([a], [b]) => a - b).flatMap(([, { messages }]) => messages)
  }

  /** A message that is in the window. */
  message(seq: number): Message | undefined {
    return messageAt(this.timeline, seq) ?? this.buffered.find((message) => message.seq === seq)
  }

  /** Drops the messages before `start`, unless a read is in progress: then the end of the read calls this again. */
  private dropGone(): void {
    if (this.timeline.reading !== null || this.timeline.start >= this.start) return
    this.buffered = this.buffered.filter(({ seq }) => seq >= this.start)
    this.apply(startAt(this.timeline, this.start))
    const { from, to, length, start } = this.timeline
    // The message before the first remaining one still decides whether that one shows a time.
    const known = length === start ? start : start - 1
    this.edges.dropBefore(known)
    this.newCount.value = Math.min(this.newCount.value, length + this.buffered.length - start)
    if (length === start) {
      // The log is empty, so the reader is at its end.
      this.isAtEnd = true
      this.release()
    } else if (from === to) return void this.move(jump(this.timeline, start))
    this.window.value = this.windowNow()
  }

  private add(messages: readonly Message[]): void {
    const received = messages.filter(({ status, body }) => status === 'received' && !kindOf(body).isSystem)
    if (received.length > 0) this.arrived.value = received
    const own = messages.some((message) => message.status !== 'received')
    if (own) {
      this.isAtEnd = true
      this.release()
    }
    if (own || this.atEnd || (this.isAtEnd && this.timeline.to === 0)) {
      this.apply(messages.length > CHUNK_SIZE ? flood(this.timeline, messages) : append(this.timeline, messages, true))
      this.endVersion.value++
      return
    }
    this.newCount.value += messages.filter(({ body }) => !kindOf(body).isSystem).length
    if (!following(this.timeline)) return this.apply(append(this.timeline, messages, false))
    this.buffered.push(...messages)
    if (this.buffered.length <= BUFFERED_MAX) return
    this.apply(append(this.timeline, this.buffered, false))
    this.buffered = []
  }

  private replace(message: Message): void {
    const index = this.buffered.findIndex((buffered) => buffered.seq === message.seq)
    if (index >= 0) this.buffered[index] = keepingChanges(message, this.buffered[index])
    else this.apply(replace(this.timeline, message))
  }

  private release(): void {
    if (this.buffered.length > 0) {
      const { buffered } = this
      this.buffered = []
      this.apply(append(this.timeline, buffered, true))
    }
    if (following(this.timeline)) this.newCount.value = 0
  }

  private async move(timeline: Timeline): Promise<void> {
    if (timeline === this.timeline) return
    this.timeline = timeline
    this.isUnreadable = false
    this.window.value = this.windowNow()
    await this.load()
  }

  private apply(change: TimelineChange): void {
    const before = this.timeline
    this.timeline = change.timeline
    for (const index of this.leaving) if (!change.timeline.chunks.has(index)) this.chunks.delete(index)
    this.leaving = change.removed
    for (const index of change.removed) {
      const chunk = before.chunks.get(index)
      if (chunk) this.edges.addOf(chunk)
    }
    for (const index of change.changed) {
      const chunk = change.timeline.chunks.get(index)
      if (!chunk) continue
      const slot = this.chunks.get(index)
      if (slot) slot.value = chunk
      else this.chunks.set(index, shallowRef(chunk))
    }
    if (this.buffered.length > 0 && !following(this.timeline)) this.leaveBuffered()
    const isWindowChanged = change.added.length > 0 || change.removed.length > 0 || before.reading !== change.timeline.reading
    if (isWindowChanged || following(before) !== following(this.timeline) || before.length === before.start) this.window.value = this.windowNow()
  }

  /** The end of the log has left the window: the held-back messages are read from storage when the reader comes near again. */
  private leaveBuffered(): void {
    this.timeline = append(this.timeline, this.buffered, false).timeline
    this.buffered = []
  }

  private windowNow(): ThreadWindow {
    return windowOf(this.key, this.timeline, this.isUnreadable)
  }
}
