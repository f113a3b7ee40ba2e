/** The lines of a channel's thread about joins and leaves, and about absences of this device. */
import { addNotice } from '@/src/chat/conversation/order'
import { conversationId, type Conversation, type ConversationId } from '@/src/chat/conversation/conversation'
import { isValidId } from '@/src/chat/rtm-limits'
import type { Message } from '@/src/chat/message/message'
import { awayNotice, gather, gatherAll, gathersInto, type MemberEvent } from '@/src/kinds/notice/gather'
import type { NoticeBody } from '@/src/kinds/notice/spec'
import { orElse } from '@/src/chat/util/or-else'
import { time } from '@/src/chat/time/time'
import { newId } from '@/src/platform/ids'
import { StorageError } from '@/src/storage/port'
import type { ConversationStore } from '../conversations/conversation-store'
import type { OpenThreads } from '../threads/open-threads'

export class Membership {
  /** By channel, the last notice that is being written. */
  private readonly writes = new Map<string, Promise<void>>()
  /** By channel, the events that the next notice will contain. */
  private readonly waiting = new Map<string, MemberEvent[]>()

  constructor(
    private readonly uid: string,
    private readonly conversations: ConversationStore,
    private readonly threads: OpenThreads,
  ) {}

  /** Adds that a member joined or left to the latest notice, or appends one. Events during a write are merged into the next one. */
  record(channel: string, kind: 'joined' | 'left', uid: string): Promise<void> {
    if (!isValidId(uid) || uid === this.uid) return Promise.resolve()
    const before = this.writes.get(channel) ?? Promise.resolve()
    const waiting = this.waiting.get(channel)
    if (waiting) {
      waiting.push({ kind, uid })
      return before
    }
    const events: MemberEvent[] = [{ kind, uid }]
    this.waiting.set(channel, events)
    const next = before.then(() => {
      this.waiting.delete(channel)
      return this.write(conversationId('channel', channel), events)
    })
    this.writes.set(channel, next)
    return next
  }

  /** Appends a line about an absence of this device from the channel, `from` and `to` in ms since 1970: the channel's messages of that time are lost. */
  async recordAbsence(channel: string, from: number, to: number): Promise<void> {
    const conversation = this.conversations.get(conversationId('channel', channel))
    if (conversation && !conversation.left) await this.append(conversation, to, awayNotice(from, to))
  }

  private async write(id: ConversationId, events: readonly MemberEvent[]): Promise<void> {
    const last = await this.lastMessage(id)
    // The log may have grown while the last message was read, or the conversation was deleted.
    const conversation = this.conversations.get(id)
    if (!conversation) return
    const now = time.now()
    if (last && last.seq === conversation.length - 1 && gathersInto(last, now)) {
      const body = events.reduce<NoticeBody>(gather, last.body)
      if (body !== last.body) await this.conversations.commit(conversation, [{ ...last, body }])
      return
    }
    await this.append(conversation, now, gatherAll(events))
  }

  private async lastMessage(id: ConversationId): Promise<Message | undefined> {
    const length = this.conversations.get(id)?.length ?? 0
    if (length === 0) return undefined
    return orElse(StorageError, () => this.threads.message(id, length - 1), () => undefined)
  }

  private append(conversation: Conversation, at: number, body: NoticeBody): Promise<boolean> {
    const notice = this.conversations.nextMessage(conversation.id, { id: newId(), from: '', at, body, status: 'received' })
    return this.conversations.commit(addNotice(conversation, notice), [notice])
  }
}
