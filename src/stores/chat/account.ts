/** One person, logged in on this device: their conversations, what comes in, what goes out, the threads that are open. */
import { shallowRef, type ShallowRef } from 'vue'
import {
  addNotice,
  addPending,
  countedFor,
  createConversation,
  inOrder,
  markJoined,
  markLeft,
  markRead,
  markReadTo,
  receive,
  removePending,
  send,
  setMuted,
  setPinned,
  updateStatus,
} from '@/src/chat/conversations'
import { clock, type Cancel } from '@/src/chat/clock'
import { conversationId, conversationKind, conversationTarget, type Conversation, type ConversationId, type ConversationKind } from '@/src/chat/conversation'
import { idKey, SeenMessages, seenKey } from '@/src/chat/duplicates'
import { decode, type DecodedEnvelope, type Wire } from '@/src/chat/envelope'
import { isValidId, MESSAGE_MAX_BYTES, utf8Length } from '@/src/chat/limits'
import { hasFailed, type Message, type MessageBody, type NoticeBody } from '@/src/chat/message'
import { awayNotice, gather, gatherAll, gathersInto, type MemberEvent } from '@/src/chat/notice'
import { afterError, afterReceipt, afterRestart, canCancel, OUTBOX_TTL_MS } from '@/src/chat/outbox'
import { RecentMap } from '@/src/chat/recent-map'
import { once } from '@/src/chat/once'
import { receivedAt } from '@/src/chat/received-at'
import { time } from '@/src/chat/time'
import { newId } from '@/src/platform/ids'
import type { PeerMessageSendResult, ReceivedMessageProperties, RtmCapabilities, RtmMessage } from '@/src/rtm/port'
import { StorageError, type Amendment, type History, type HistoryLimits, type StorageUsage } from '@/src/storage/port'
import { RenderBatcher } from './threads/render-batcher'
import { ConversationStore } from './conversations/conversation-store'
import { Outbox } from './send/outbox'
import { Receipts } from './send/receipts'
import { RateLimiter } from './send/rate-limiter'
import { Thread } from './threads/thread'

/** How many of the newest messages of a conversation tell, after a start, what has been seen already. */
const SEEN_FROM_LOG = 400
/** What a sender repeats is looked for in the log back to the age at which an outbox gives it up, and a day for wrong clocks. */
const WRONG_CLOCK_MS = 24 * 3_600_000
/** The log is looked through backwards in steps of so many messages. */
const LOOK_BACK_STEP = 200
/** So many ids of messages that may come again are held of one conversation: as many as its log holds by default. */
const SEEN_LONG_AGO_MAX = 20_000
/** For so many conversations what was seen is held in memory, and long ago; for the others it is read again when they speak. */
const SEEN_CONVERSATIONS_MAX = 100
const SEEN_LONG_AGO_CONVERSATIONS_MAX = 8
/** Anybody may write to this person under any number of names; beyond so many conversations nobody new gets in. */
const CONVERSATIONS_MAX = 5_000
/** More than storage can have refused at a time (ConversationStore.holdsTooMuch). */
const REFUSED_MAX = 1_000
/** How far a conversation was read is written once in this time, while one reads on. */
const READ_KEEP_MS = 1_000
/** "Send all again" looks for failed messages among so many of the newest. */
const RESEND_AMONG = 1_000

export interface AccountPorts {
  readonly uid: string
  readonly history: History
  readonly limits?: HistoryLimits
  readonly wire: Wire
  readonly capabilities: RtmCapabilities
  ready(id: ConversationId): boolean
  rejoining(id: ConversationId): boolean
  sendToPeer(peer: string, text: string, keep: boolean): Promise<PeerMessageSendResult>
  sendToChannel(channel: string, text: string): Promise<void>
  watchPeer(peer: string): void
}

interface Outgoing {
  readonly outbox: Outbox
  readonly receipts: Receipts
}

async function stop(outgoing: Outgoing | undefined): Promise<void> {
  outgoing?.receipts.stop()
  await outgoing?.outbox.stop()
}

export class Account {
  readonly uid: string
  readonly conversations: ConversationStore
  /** Where a message came that was not read as it came: an id for each, the last one. */
  readonly arrived: ShallowRef<{ readonly id: ConversationId } | undefined> = shallowRef()
  private madeOutgoing: Outgoing | undefined
  private isClosed = false
  private readonly threads = new Map<string, Thread>()
  /** By the thread's key, what is on its way to the screen. */
  private readonly arrivals = new Map<string, RenderBatcher>()
  private readonly seen = new RecentMap<ConversationId, Promise<SeenMessages>>(SEEN_CONVERSATIONS_MAX)
  /** What of `seen` has been read. */
  private readonly seenNow = new WeakMap<Promise<SeenMessages>, SeenMessages>()
  /** What stands further back in a log than `seen` begins, for messages that say they come again. */
  private readonly seenLongAgo = new RecentMap<ConversationId, Promise<SeenMessages>>(SEEN_LONG_AGO_CONVERSATIONS_MAX)
  private readonly looking = new Map<ConversationId, Promise<unknown>>()
  private readonly notices = new Map<string, Promise<void>>()
  /** Whose drafts were written since the start: their conversations know of them. */
  private readonly draftsSaved = new Set<ConversationId>()
  /** By channel, who came and went while the last notice was being written. */
  private readonly memberEvents = new Map<string, MemberEvent[]>()
  /** Of received messages that storage refused, where they stand in the log: by conversation and what they are known by. */
  private readonly refused = new RecentMap<string, number>(REFUSED_MAX)
  /** How far was read what is not written down yet, and what will write it. */
  private readonly readMarks = new Map<ConversationId, { to: number; cancel: Cancel }>()
  /** What is being written down of it. */
  private readonly keeping = new Map<ConversationId, Promise<void>>()
  private threadsOpened = 0

  constructor(private readonly ports: AccountPorts) {
    this.uid = ports.uid
    const showMessages = (id: ConversationId, messages: readonly Message[]) => {
      for (const thread of this.threads.values()) if (thread.conversation === id) this.arrivals.get(thread.key)?.add(messages)
    }
    const showStart = (id: ConversationId, start: number) => {
      for (const thread of this.threads.values()) if (thread.conversation === id) thread.startAt(start)
    }
    this.conversations = new ConversationStore(ports.history, showMessages, ports.limits, showStart)
  }

  /** What goes out is made once something does, or waits to: the first screen needs none of it, and stands before there is a client. */
  get outbox(): Outbox {
    return this.outgoing.outbox
  }

  /** How many messages wait that are with nobody but this device; at a start, before that is known, all that may have to be sent. */
  get unsent(): number {
    if (this.madeOutgoing) return this.madeOutgoing.outbox.unsent
    return [...this.conversations.all()].reduce((count, { pending }) => count + pending.length, 0)
  }

  private get receipts(): Receipts {
    return this.outgoing.receipts
  }

  private get outgoing(): Outgoing {
    return (this.madeOutgoing ??= this.makeOutgoing())
  }

  private makeOutgoing(): Outgoing {
    const { ports } = this
    const pace = new RateLimiter()
    const receipts = new Receipts(
      (peer, text) => ports.sendToPeer(peer, text, true),
      () => pace.take(),
    )
    const outbox = new Outbox({
      wire: ports.wire,
      get capabilities() {
        return ports.capabilities
      },
      pace: () => pace.take(),
      sendToPeer: (peer, text, keep) => ports.sendToPeer(peer, text, keep),
      sendToChannel: (channel, text) => ports.sendToChannel(channel, text),
      ready: (id) => ports.ready(id),
      rejoining: (id) => ports.rejoining(id),
      watchPeer: (peer) => ports.watchPeer(peer),
      read: (id, seq) => this.message(id, seq),
      show: (id, message) => this.show(id, message),
      settle: (id, message, keep) => this.settle(id, message, keep),
    })
    const made = { outbox, receipts }
    if (this.isClosed) void stop(made)
    return made
  }

  /** Shows the conversations that changed last, before anything more is read. */
  open(): void {
    this.conversations.open()
  }

  /** Reads all conversations, and puts what was not sent into the outbox. Nothing may come in or be begun before that. */
  readonly load = once(() => this.loadAll())

  private async loadAll(): Promise<void> {
    await this.conversations.load()
    for (const conversation of this.conversations.all()) {
      try {
        if (conversation.pending.length > 0) await this.refillOutbox(conversation)
      } catch (error) {
        // What waits in it cannot be read now: it still waits at the next start, and the other conversations go on.
        if (!(error instanceof StorageError)) throw error
      }
    }
  }

  /** The conversation with a peer or in a channel, begun now if there is none. */
  async start(kind: ConversationKind, target: string): Promise<ConversationId> {
    await this.load()
    const id = conversationId(kind, target)
    const head = this.conversations.head(id)
    if (!head) await this.conversations.commit(createConversation(id, Math.max(time.now(), this.conversations.newest + 1)))
    else if (head.left) await this.conversations.commit(markJoined(head))
    return id
  }

  /** Writes a text of one's own into the log and sends it when it can go. Resolves when it is kept and shown. */
  async send(id: ConversationId, text: string): Promise<void> {
    const head = this.head(id)
    const message = this.inOrder(id, { seq: head.length, id: newId(), from: this.uid, at: time.now(), body: { kind: 'text', text }, status: 'queued' })
    await this.conversations.commit(send(head, message, this.conversations.newest), [message])
    this.outbox.sign(id, 'written')
    this.outbox.add(id, message)
  }

  /** Sends a failed message again, under its id; one that waits is tried now. */
  async retry(id: ConversationId, message: Message): Promise<void> {
    if (this.isWaiting(id, message)) return this.outbox.sign(id, 'asked', message.seq)
    // What was cleared meanwhile is gone.
    if (message.status !== 'failed' || message.seq < this.head(id).start) return
    const { failure: _failure, ...rest } = message
    const again: Message = { ...rest, status: 'queued' }
    await this.conversations.commit(addPending(updateStatus(this.head(id), again), again.seq), [again])
    this.outbox.add(id, again, true)
  }

  /** Sends every failed message of a conversation again, in the order of writing, but for those that were taken back. */
  async retryAll(id: ConversationId): Promise<void> {
    const failed = await this.failed(id)
    this.outbox.sign(id, 'asked')
    for (const message of failed) await this.retry(id, message)
  }

  /** Whether {@link retryAll} has a failed message to send again; what cannot be read has none. */
  async hasFailed(id: ConversationId): Promise<boolean> {
    try {
      return (await this.failed(id)).length > 0
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      return false
    }
  }

  private async failed(id: ConversationId): Promise<Message[]> {
    const { start, length } = this.head(id)
    const failed: Message[] = []
    for (let from = Math.max(start, length - RESEND_AMONG); from < length; from += LOOK_BACK_STEP) {
      const messages = await this.conversations.messages(id, from, Math.min(length, from + LOOK_BACK_STEP))
      failed.push(...messages.filter(hasFailed))
    }
    return failed
  }

  /** Takes a waiting message back: it stays in the log with its words, and can be sent again. Answers false when it is too late. */
  async cancel(id: ConversationId, message: Message): Promise<boolean> {
    const decision = this.outbox.cancel(id, message.seq)
    if (typeof decision === 'string') return decision === 'on-its-way'
    const { status, failure, keep } = decision
    await this.settle(id, { ...message, status, ...(failure && { failure }) }, keep)
    return true
  }

  /** Whether {@link cancel} can take a message back. */
  canCancel(id: ConversationId, message: Message): boolean {
    return this.isWaiting(id, message) && canCancel(message, this.ports.capabilities)
  }

  /** Whether a message of one's own is still to be sent, or to be received by its peer. */
  isWaiting(id: ConversationId, message: Message): boolean {
    return this.conversations.head(id)?.pending.includes(message.seq) === true
  }

  /** A channel could not be joined. What was to be sent there fails, when no other try can change that. */
  async joinFailed(channel: string, code: number): Promise<void> {
    const id = conversationId('channel', channel)
    const attempt = { wire: this.ports.wire, tries: 1, random: Math.random, rejoining: this.ports.rejoining(id) }
    const decision = afterError({ operation: 'join', code }, attempt)
    if (decision.status !== 'failed') return
    for (const seq of this.conversations.head(id)?.pending ?? []) {
      const message = await this.message(id, seq)
      this.outbox.remove(id, seq)
      if (message) await this.settle(id, { ...message, status: 'failed', ...(decision.failure && { failure: decision.failure }) }, false)
    }
  }

  /**
   * Takes in what RTM delivered. Answers whether it is kept, once it is shown: `false` asks for it again where the service
   * can. A message that was seen before changes nothing.
   */
  async receive(kind: ConversationKind, target: string, from: string, message: RtmMessage, props: ReceivedMessageProperties): Promise<boolean> {
    // RTM brings nobody their own words, and no words of nobody: what claims to be either was not written by whom it names.
    if (!isValidId(from) || from === this.uid) return true
    const id = conversationId(kind, target)
    const envelope = message.text === undefined || utf8Length(message.text) > MESSAGE_MAX_BYTES ? undefined : decode(message.text)
    const at = receivedAt(props.serverReceivedTs, time.now())
    if (envelope?.kind === 'receipt' && kind === 'peer') await this.takeReceipt(id, envelope)
    if (kind === 'peer') this.outbox.sign(id, 'peer')
    // A channel begins when it is joined: what still comes from one that was deleted does not bring it back.
    if (kind === 'channel' && !this.conversations.head(id)) return true
    if (envelope?.kind === 'amendment') {
      const isKept = await this.keepAmendment(id, { from, id: envelope.id, at, raw: envelope.raw })
      if (!isKept) return isKept === undefined
    } else {
      const body = bodyOf(envelope)
      if (!body) return true
      if (!(await this.keepReceived(id, from, envelope, body, at))) return false
    }
    if (this.wantsReceipt(kind, envelope)) this.receipts.add(id, envelope.id)
    return true
  }

  private async keepReceived(id: ConversationId, from: string, envelope: DecodedEnvelope | undefined, body: MessageBody, at: number): Promise<boolean> {
    const key = envelope && seenKey(from, envelope, at)
    const name = `${id} ${key}`
    // Not taken in, and not known from then on either: the service, or the sender, brings it again.
    const hasRoom = this.hasRoom(id)
    if (!(typeof hasRoom === 'boolean' ? hasRoom : await hasRoom)) return false
    const seen = key === undefined ? false : this.wasSeen(id, key, saysAgain(envelope))
    if (typeof seen === 'boolean' ? seen : await seen) {
      const seq = this.refused.get(name)
      const isKept = seq === undefined || (await this.conversations.isKept(id, seq))
      if (isKept) this.refused.delete(name)
      return isKept
    }
    const head = this.head(id)
    const received = this.inOrder(id, { seq: head.length, id: idOf(envelope), from, at, body, status: 'received' })
    const isRead = this.isRead(id)
    const isKept = await this.conversations.commit(receive(head, received, isRead, this.conversations.newest), [received])
    if (!isRead) this.arrived.value = { id }
    if (!isKept && key !== undefined) this.refused.set(name, received.seq)
    return isKept
  }

  /**
   * Keeps an amendment beside the messages: it is no news. Resolves to whether storage has it; undefined without a conversation, which
   * it does not begin: nothing is there that it could change.
   */
  private async keepAmendment(id: ConversationId, amendment: Amendment): Promise<boolean | undefined> {
    // A message before it may be about to begin the conversation.
    await this.looking.get(id)
    if (this.conversations.holdsTooMuch && !(await this.conversations.tryAgain())) return false
    const head = this.conversations.head(id)
    return head && this.conversations.commit(head, [], [amendment])
  }

  /** Whether a message more of somebody else can be held: what storage refuses stays in memory, and so does what is known of each conversation. */
  private hasRoom(id: ConversationId): boolean | Promise<boolean> {
    const isKnown = this.conversations.head(id) !== undefined || this.conversations.size < CONVERSATIONS_MAX
    return isKnown && this.conversations.holdsTooMuch ? this.conversations.tryAgain() : isKnown
  }

  /** Somebody came into a channel or left it: one more line, or a longer one. What comes while one is written goes into the next. */
  notice(channel: string, kind: 'joined' | 'left', uid: string): Promise<void> {
    if (!isValidId(uid) || uid === this.uid) return Promise.resolve()
    const before = this.notices.get(channel) ?? Promise.resolve()
    const waiting = this.memberEvents.get(channel)
    if (waiting) {
      waiting.push({ kind, uid })
      return before
    }
    const events: MemberEvent[] = [{ kind, uid }]
    this.memberEvents.set(channel, events)
    const next = before.then(() => {
      this.memberEvents.delete(channel)
      return this.addNotice(channel, events)
    })
    this.notices.set(channel, next)
    return next
  }

  private async addNotice(channel: string, events: readonly MemberEvent[]): Promise<void> {
    const id = conversationId('channel', channel)
    const before = this.conversations.head(id)
    if (!before) return
    const last = before.length > 0 ? await this.readable(id, before.length - 1) : undefined
    // The log may have grown while the last message was read, or have gone.
    const head = this.conversations.head(id)
    if (!head) return
    const now = time.now()
    if (last && last.seq === head.length - 1 && gathersInto(last, now)) {
      const body = events.reduce<NoticeBody>(gather, last.body)
      if (body !== last.body) await this.conversations.commit(head, [{ ...last, body }])
      return
    }
    await this.addNoticeLine(id, head, now, gatherAll(events))
  }

  /** This device was not in a channel, ms since 1970, and what was said in that time is lost to it: a line says so, before all that comes now. */
  async noticeAway(channel: string, from: number, to: number): Promise<void> {
    const id = conversationId('channel', channel)
    const head = this.conversations.head(id)
    if (!head || head.left) return
    await this.addNoticeLine(id, head, to, awayNotice(from, to))
  }

  private addNoticeLine(id: ConversationId, head: Conversation, at: number, body: NoticeBody): Promise<boolean> {
    const notice = this.inOrder(id, { seq: head.length, id: newId(), from: '', at, body, status: 'received' })
    return this.conversations.commit(addNotice(head, notice), [notice])
  }

  /** All of a conversation was read. */
  async markRead(id: ConversationId): Promise<void> {
    const head = this.conversations.head(id)
    if (!head) return
    const read = markRead(head)
    if (read !== head) await this.conversations.commit(read)
  }

  /** The messages before the seq `to` were seen. Written down soon, together with what is seen meanwhile. */
  readTo(id: ConversationId, to: number): void {
    const head = this.conversations.head(id)
    if (!head || to <= head.readTo) return
    const mark = this.readMarks.get(id)
    if (mark) mark.to = Math.max(mark.to, to)
    else this.readMarks.set(id, { to, cancel: clock.after(READ_KEEP_MS, () => void this.keepSeen(id)) })
  }

  /** Writes down at once how far a conversation was read. Resolves when that is written, also where it was being written already. */
  keepSeen(id: ConversationId): Promise<void> {
    const before = this.keeping.get(id)
    const mark = this.readMarks.get(id)
    if (!mark) return before ?? Promise.resolve()
    mark.cancel()
    this.readMarks.delete(id)
    const keeping = (before ?? Promise.resolve())
      .then(() => this.keepReadTo(id, mark.to))
      .finally(() => this.keeping.get(id) === keeping && this.keeping.delete(id))
    this.keeping.set(id, keeping)
    return keeping
  }

  private async keepReadTo(id: ConversationId, seenTo: number): Promise<void> {
    for (;;) {
      const head = this.conversations.head(id)
      if (!head || seenTo <= head.readTo) return
      const { from, to } = countedFor(head, seenTo)
      const counted = from < to ? await this.readableRange(id, from, to) : []
      // Storage cannot tell now: what is unread stays so until more of it is seen.
      if (!counted) return
      const now = this.conversations.head(id)
      // Deleted meanwhile, and perhaps begun anew.
      if (!now || now.length < head.length) return
      if (now.readTo !== head.readTo) continue
      const { readTo, unread } = markReadTo(head, seenTo, counted)
      // What came meanwhile lies behind all that was counted. In a flood, to count again would never end.
      await this.conversations.commit({ ...now, readTo, unread: unread + now.unread - head.unread })
      return
    }
  }

  /** Whether the person wants to be in a channel. */
  async setLeft(id: ConversationId, left: boolean): Promise<void> {
    const head = this.conversations.head(id)
    if (!head) return
    const changed = left ? markLeft(head) : markJoined(head)
    if (changed !== head) await this.conversations.commit(changed)
  }

  async setPinned(id: ConversationId, pinned: boolean): Promise<void> {
    const head = this.conversations.head(id)
    if (head) await this.conversations.commit(setPinned(head, pinned))
  }

  async setMuted(id: ConversationId, muted: boolean): Promise<void> {
    const head = this.conversations.head(id)
    if (head) await this.conversations.commit(setMuted(head, muted))
  }

  /** Deletes a conversation with all its messages; answers false when storage refuses, and then nothing has changed. */
  async remove(id: ConversationId): Promise<boolean> {
    try {
      await this.conversations.remove(id)
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      return false
    }
    this.madeOutgoing?.outbox.clear(id)
    this.seen.delete(id)
    this.seenLongAgo.delete(id)
    this.looking.delete(id)
    return true
  }

  /** What the messages take on the device; undefined when storage cannot tell now. */
  async usage(): Promise<StorageUsage | undefined> {
    try {
      return await this.conversations.usage()
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      return undefined
    }
  }

  /** Deletes the messages of conversations, what was still to be sent with them. Answers false when storage refuses. */
  async clear(ids: readonly ConversationId[]): Promise<boolean> {
    const isCleared = await this.conversations.clear(ids)
    if (isCleared) for (const id of ids) this.madeOutgoing?.outbox.clear(id)
    return isCleared
  }

  /** Opens a conversation to be looked at: at the message `at` if one is named, else at its first unread one, else at its end. */
  openThread(id: ConversationId, at?: number): Thread {
    const head = this.head(id)
    const divider = head.unread > 0 ? head.readTo : undefined
    const key = `t${++this.threadsOpened}`
    const read = (conversation: ConversationId, from: number, to: number) => this.conversations.messages(conversation, from, to)
    const thread = new Thread(key, id, head.length, at ?? divider ?? 'latest', divider, read, head.start, head.unread)
    this.threads.set(key, thread)
    this.arrivals.set(key, new RenderBatcher((messages) => thread.show(messages), () => thread.visible, () => this.conversations.isWriting(id)))
    return thread
  }

  closeThread(thread: Thread): void {
    void this.keepSeen(thread.conversation)
    this.threads.delete(thread.key)
    this.arrivals.get(thread.key)?.stop()
    this.arrivals.delete(thread.key)
  }

  thread(key: string): Thread | undefined {
    return this.threads.get(key)
  }

  summary(id: ConversationId): Readonly<ShallowRef<Conversation>> | undefined {
    return this.conversations.summary(id)
  }

  /** Channels the person is in, the newest first. */
  wantedChannels(): string[] {
    return [...this.conversations.all()]
      .filter((conversation) => conversationKind(conversation.id) === 'channel' && !conversation.left)
      .sort((a, b) => b.at - a.at)
      .map((conversation) => conversationTarget(conversation.id))
  }

  /** What was left unsent in a composer; '' also when it cannot be read. */
  async draft(id: ConversationId): Promise<string> {
    try {
      const text = await this.ports.history.draft(id)
      // A row that an earlier version wrote, or that was rebuilt from its log, knows of no draft; what was typed since, it knows.
      if (!this.draftsSaved.has(id)) void this.conversations.noteDraft(id, text)
      return text
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      this.conversations.problem.value = error.failure
      return ''
    }
  }

  saveDraft(id: ConversationId, text: string): Promise<void> {
    this.draftsSaved.add(id)
    return this.conversations.saveDraft(id, text)
  }

  /** Nothing new begins; resolves when what is under way has ended and is kept. */
  async close(): Promise<void> {
    this.isClosed = true
    this.threads.clear()
    for (const arrivals of this.arrivals.values()) arrivals.stop()
    this.arrivals.clear()
    const reading = [...this.readMarks.keys(), ...this.keeping.keys()].map((id) => this.keepSeen(id))
    await Promise.all([stop(this.madeOutgoing), ...reading])
    await this.conversations.close()
  }

  /** A copy is answered too: the receipt for the first one may have been lost. */
  private wantsReceipt(kind: ConversationKind, envelope: DecodedEnvelope | undefined): envelope is Extract<DecodedEnvelope, { id: string }> {
    const { wire, capabilities } = this.ports
    return kind === 'peer' && wire === 'rich' && !capabilities.durableAcknowledgement && envelope !== undefined && envelope.kind !== 'plain'
  }

  /** The peer has kept messages of ours. Only those that wait for it are looked at, and only in the conversation with this peer. */
  private async takeReceipt(id: ConversationId, receipt: Extract<DecodedEnvelope, { kind: 'receipt' }>): Promise<void> {
    const read = new Set(receipt.read)
    const ids = new Set([...receipt.delivered, ...receipt.read])
    for (const seq of this.conversations.head(id)?.pending ?? []) {
      const message = await this.message(id, seq)
      if (!message || !ids.has(message.id)) continue
      const { status, keep } = afterReceipt(message.status, read.has(message.id) ? 'read' : 'delivered')
      this.outbox.remove(id, seq)
      await this.settle(id, { ...message, status }, keep)
    }
  }

  private inOrder(id: ConversationId, message: Message): Message {
    return inOrder(this.head(id), message)
  }

  private head(id: ConversationId): Conversation {
    return this.conversations.head(id) ?? createConversation(id, time.now())
  }

  private isRead(id: ConversationId): boolean {
    for (const thread of this.threads.values()) if (thread.conversation === id && thread.isRead) return true
    return false
  }

  private async message(id: ConversationId, seq: number): Promise<Message | undefined> {
    for (const thread of this.threads.values()) {
      const shown = thread.conversation === id ? thread.message(seq) : undefined
      if (shown) return shown
    }
    const [stored] = await this.conversations.messages(id, seq, seq + 1)
    return stored
  }

  private show(id: ConversationId, message: Message): void {
    for (const thread of this.threads.values()) if (thread.conversation === id) this.arrivals.get(thread.key)?.add([message])
  }

  private async settle(id: ConversationId, message: Message, keep: boolean): Promise<void> {
    const head = this.conversations.head(id)
    // Deleted meanwhile.
    if (!head) return
    const next = keep ? head : removePending(head, message.seq)
    if (message.seq >= head.start) return void (await this.conversations.commit(updateStatus(next, message), [message]))
    // Cleared meanwhile: nothing of it is kept.
    if (next !== head) await this.conversations.commit(next)
  }

  private async refillOutbox(conversation: Conversation): Promise<void> {
    const operation = conversationKind(conversation.id) === 'peer' ? 'peerMessage' : 'channelMessage'
    for (const seq of conversation.pending) {
      const message = await this.message(conversation.id, seq)
      const decision = message && afterRestart(message.status, operation, this.ports.wire)
      if (message && decision?.keep) this.outbox.add(conversation.id, { ...message, status: decision.status }, decision.maybe)
      else if (message && decision) await this.settle(conversation.id, { ...message, status: decision.status, ...(decision.failure ? { failure: decision.failure } : {}) }, false)
      else {
        // Deleted meanwhile, it is not begun anew.
        const head = this.conversations.head(conversation.id)
        if (head) await this.conversations.commit(removePending(head, seq))
      }
    }
  }

  private seenMessages(id: ConversationId): Promise<SeenMessages> {
    let seen = this.seen.get(id)
    if (!seen) {
      seen = this.readSeen(id)
      this.seen.set(id, seen)
    }
    return seen
  }

  /** Whether a message has come before; from now on it has. One after the other, so that none overtakes one that takes longer to look up. */
  private wasSeen(id: ConversationId, key: string, isAgain: boolean): boolean | Promise<boolean> {
    const reading = this.seen.get(id)
    const seen = reading && this.seenNow.get(reading)
    // Most messages: nothing is to be read for them, and they wait for none before them.
    if (seen && !isAgain && !this.seenLongAgo.has(id) && !this.looking.has(id)) return !seen.add(key)
    const look = async () => {
      const reading = this.seenMessages(id)
      const messages = await reading
      this.seenNow.set(reading, messages)
      const isNew = messages.add(key)
      const before = isAgain ? await this.longAgo(id) : await this.seenLongAgo.get(id)
      const wasLongAgo = isNew && isAgain && before?.has(key) === true
      before?.add(key)
      return !isNew || wasLongAgo
    }
    const looked = (this.looking.get(id) ?? Promise.resolve()).then(look)
    this.looking.set(id, looked)
    const done = () => {
      if (this.looking.get(id) === looked) this.looking.delete(id)
    }
    looked.then(done, done)
    return looked
  }

  private longAgo(id: ConversationId): Promise<SeenMessages> {
    let seen = this.seenLongAgo.get(id)
    if (!seen) {
      seen = this.readLongAgo(id)
      this.seenLongAgo.set(id, seen)
    }
    return seen
  }

  /**
   * The ids of the messages older than those of {@link readSeen} that a sender may still repeat. Read once: what came since is
   * in `seen`. When storage cannot be read, a message shown twice is better than one lost.
   */
  private async readLongAgo(id: ConversationId): Promise<SeenMessages> {
    const keys = new SeenMessages(SEEN_LONG_AGO_MAX)
    const oldest = time.now() - OUTBOX_TTL_MS - WRONG_CLOCK_MS
    try {
      for (let to = (this.conversations.head(id)?.length ?? 0); to > 0; to -= LOOK_BACK_STEP) {
        const messages = await this.conversations.messages(id, Math.max(0, to - LOOK_BACK_STEP), to)
        for (const { from, id: messageId } of messages) keys.add(idKey(from, messageId))
        if (messages.length === 0 || messages.every(({ at }) => at < oldest)) break
      }
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      this.seenLongAgo.delete(id)
    }
    return keys
  }

  /** What the log tells of messages seen; nothing when it cannot be read: a message shown twice is better than one lost. */
  private async readSeen(id: ConversationId): Promise<SeenMessages> {
    const seen = new SeenMessages()
    const length = this.conversations.head(id)?.length ?? 0
    if (length === 0) return seen
    try {
      seen.addLogged(await this.conversations.messages(id, Math.max(0, length - SEEN_FROM_LOG), length))
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
    }
    return seen
  }

  /** The message `seq`, or undefined also when storage cannot give it now. */
  private async readable(id: ConversationId, seq: number): Promise<Message | undefined> {
    try {
      return await this.message(id, seq)
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      return undefined
    }
  }

  /** The messages `from <= seq < to`, or undefined when storage cannot give them now. */
  private async readableRange(id: ConversationId, from: number, to: number): Promise<Message[] | undefined> {
    try {
      return await this.conversations.messages(id, from, to)
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      return undefined
    }
  }
}

/** What a received message shows, or undefined when it shows nothing. No envelope at all: not a text. */
function bodyOf(envelope: DecodedEnvelope | undefined): MessageBody | undefined {
  switch (envelope?.kind) {
    case 'plain':
      return { kind: 'text', text: envelope.text }
    case 'text':
      return envelope.raw === undefined ? { kind: 'text', text: envelope.text } : { kind: 'text', text: envelope.text, raw: envelope.raw }
    case 'unsupported':
      return { kind: 'unsupported', raw: envelope.raw }
    case undefined:
      return { kind: 'unsupported' }
    case 'receipt':
    case 'amendment':
    case 'control':
      return undefined
  }
}

function saysAgain(envelope: DecodedEnvelope | undefined): boolean {
  return envelope?.kind === 'text' && envelope.again === true
}

function idOf(envelope: DecodedEnvelope | undefined): string {
  return envelope && envelope.kind !== 'plain' ? envelope.id : newId()
}
