import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Conversation, ConversationId } from '@/src/chat/conversation/conversation'
import type { Message } from '@/src/chat/message/message'
import {
  countedFor,
  addNotice,
  addPending,
  byRecency,
  clearMessages,
  createConversation,
  inOrder,
  filtered,
  markJoined,
  markLeft,
  markRead,
  markReadTo,
  insertSorted,
  receive,
  removePending,
  send,
  setDraft,
  setMuted,
  sortConversations,
  unreadTotal,
  updateStatus,
} from '@/src/chat/conversation/order'
import { preview, PREVIEW_MAX_LENGTH, withPreviewSeq } from '@/src/chat/conversation/preview'
import { message, notice, own, text } from '../messages'

const peer = createConversation('peer:bob', 500)
const channel = createConversation('channel:general', 500)

describe('a message by another user', () => {
  it('becomes the preview, moves the conversation up and counts as unread', () => {
    const one = receive(peer, text(0, 'hello', { at: 900 }), false)
    expect(one).toMatchObject({ length: 1, at: 900, unread: 1, readTo: 0, preview: { from: 'bob', kind: 'text', text: 'hello', status: 'ok' } })
    expect(receive(one, message(1), false)).toMatchObject({ length: 2, unread: 2, readTo: 0 })
  })

  it('is read at once if the user sees it, and so are the earlier ones', () => {
    const one = receive(peer, message(0), false)
    expect(receive(one, message(1), true)).toMatchObject({ length: 2, unread: 0, readTo: 2 })
  })

  it('is the first unread one after all were read', () => {
    const read = markRead(receive(receive(peer, message(0), false), message(1), false))
    expect(receive(read, message(2), false)).toMatchObject({ unread: 1, readTo: 2 })
  })

  it('without a time does not change the order of the list', () => {
    expect(receive(peer, message(0, { at: NaN }), false).at).toBe(500)
  })
})

describe('a draft', () => {
  it('is in the conversation as the beginning of one line, until there is none', () => {
    const drafted = setDraft(peer, 'first\n  second')
    expect(drafted).toEqual({ ...peer, draft: 'first second' })
    expect(setDraft(peer, 'x'.repeat(5_000)).draft).toHaveLength(PREVIEW_MAX_LENGTH)
    expect(setDraft(drafted, '')).toEqual(peer)
    expect('draft' in setDraft(drafted, ' \n ')).toBe(false)
  })

  it('with the same beginning is no change', () => {
    const long = setDraft(peer, 'x'.repeat(100))
    expect(setDraft(long, 'x'.repeat(101))).toBe(long)
    expect(setDraft(peer, '')).toBe(peer)
  })

  it('survives messages by others, and a clearing', () => {
    const drafted = setDraft(peer, 'half')
    expect(receive(drafted, message(0), false).draft).toBe('half')
    expect(clearMessages(receive(drafted, message(0), false)).draft).toBe('half')
    expect('draft' in receive(peer, message(0), false)).toBe(false)
  })
})

describe('an own message', () => {
  it('is to be sent, and not unread', () => {
    const sent = send(markRead(receive(peer, message(0), false)), own(1, { status: 'queued', at: 900 }))
    expect(sent).toMatchObject({ length: 2, at: 900, unread: 0, readTo: 2, pending: [1], preview: { from: 'alice', status: 'queued' } })
  })

  it('does not mark the unread ones as read', () => {
    expect(send(receive(peer, message(0), false), own(1, { status: 'queued' }))).toMatchObject({ unread: 1, readTo: 0 })
  })
})

describe('a notice', () => {
  it('does not count as unread', () => {
    const talked = receive(channel, text(0, 'hello', { at: 900 }), false)
    const noticed = addNotice(talked, notice(1, { at: 2_000 }))
    expect(noticed).toEqual({ ...talked, length: 2, shownTo: 2_000 })
    expect(addNotice(markRead(talked), notice(1))).toMatchObject({ length: 2, readTo: 2, unread: 0 })
  })

  it('shows a time not earlier than the message above it, also after a start', () => {
    const noticed = addNotice(receive(channel, text(0, 'hello', { at: 900 }), false), notice(1, { at: 2_000 }))
    expect(inOrder(noticed, text(2, 'late', { at: 1_500 }))).toMatchObject({ at: 1_500, shownAt: 2_000 })
    expect(inOrder(noticed, text(2, 'later', { at: 2_500 }))).not.toHaveProperty('shownAt')
  })

  it('is the preview if there is no message', () => {
    expect(addNotice(channel, notice(0)).preview).toEqual({ from: '', kind: 'notice', text: '', status: 'ok', seq: 0 })
  })

  it('that grows keeps its place', () => {
    const noticed = addNotice(addNotice(channel, notice(0)), notice(0))
    expect(noticed.length).toBe(1)
  })
})

describe('the status in the preview', () => {
  const queued = own(0, { status: 'queued' })
  const sent = send(peer, queued)

  it('follows the message', () => {
    expect(updateStatus(sent, { ...queued, status: 'failed' }).preview?.status).toBe('failed')
    expect(updateStatus(sent, { ...queued, status: 'delivered' }).preview?.status).toBe('ok')
  })

  it('follows it when a notice arrived after it', () => {
    expect(updateStatus(addNotice(sent, notice(1)), { ...queued, status: 'failed' }).preview?.status).toBe('failed')
  })

  it('is not that of an earlier message, even with the same text', () => {
    const again = { ...queued, seq: 1, id: 'm1' }
    const both = send(sent, again)
    expect(updateStatus(both, { ...queued, status: 'failed' })).toBe(both)
    expect(updateStatus(both, { ...again, status: 'failed' }).preview?.status).toBe('failed')
    const answered = receive(sent, message(1), false)
    expect(updateStatus(answered, { ...queued, status: 'failed' })).toBe(answered)
  })

  it('of a row without a seq follows its last message, and the last that waits, and no other', () => {
    const { seq: _seq, ...shown } = preview(queued)
    const row = { ...sent, preview: shown }
    expect(updateStatus(row, { ...queued, status: 'failed' }).preview).toMatchObject({ status: 'failed', seq: 0 })
    const noticed = addNotice(row, notice(1))
    expect(updateStatus(removePending(noticed, 0), { ...queued, status: 'failed' }).preview).toMatchObject({ status: 'failed', seq: 0 })
    const failed = { ...removePending(noticed, 0), preview: { ...shown, status: 'failed' as const } }
    expect(updateStatus(failed, { ...queued, status: 'queued' })).toBe(failed)
    const repaired = withPreviewSeq(failed, [queued, notice(1)])
    expect(repaired.preview).toEqual({ ...failed.preview, seq: 0 })
    expect(updateStatus(repaired, { ...queued, status: 'queued' }).preview?.status).toBe('queued')
  })

  it('of a row without a seq has it once the end of the log is read, and not before', () => {
    const { seq: _seq, ...shown } = preview(queued)
    const row = { ...addNotice(sent, notice(1)), preview: shown }
    for (const read of [[], [queued], [notice(1)]]) expect(withPreviewSeq(row, read)).toBe(row)
    const known = withPreviewSeq(row, [queued, notice(1)])
    expect(known.preview?.seq).toBe(0)
    expect(withPreviewSeq(known, [queued, notice(1)])).toBe(known)
    expect(withPreviewSeq(peer, [])).toBe(peer)
  })

  it('changes nothing when it is the same to the list', () => {
    const delivered = updateStatus(sent, { ...queued, status: 'delivered' })
    expect(updateStatus(delivered, { ...queued, status: 'read' })).toBe(delivered)
    expect(updateStatus(peer, queued)).toBe(peer)
  })
})

describe('marks', () => {
  it('are the same object when nothing changes', () => {
    expect(markRead(peer)).toBe(peer)
    expect(markLeft(peer)).toBe(peer)
    expect(markJoined(channel)).toBe(channel)
    expect(addPending({ ...peer, pending: [3] }, 3).pending).toEqual([3])
    expect(removePending(peer, 3)).toBe(peer)
  })

  it('show a channel that was left', () => {
    const left = markLeft(channel)
    expect(left.left).toBe(true)
    expect(markLeft(left)).toBe(left)
    expect(markJoined(left)).toEqual(channel)
  })

  it('keep the messages to be sent in the order of writing', () => {
    const pending = [12, 3, 100, 20, 3].reduce(addPending, peer)
    expect(pending.pending).toEqual([3, 12, 20, 100])
    expect(removePending(pending, 12).pending).toEqual([3, 20, 100])
  })
})

it('counts as a plain model does, for any order of events', () => {
  const event = fc.constantFrom('theirs', 'theirs-seen', 'mine', 'notice', 'read')
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (events) => {
      let conversation: Conversation = channel
      const log: { unread: boolean }[] = []
      for (const kind of events) {
        const seq = conversation.length
        if (kind === 'read') {
          conversation = markRead(conversation)
          for (const entry of log) entry.unread = false
          continue
        }
        if (kind === 'theirs-seen') for (const entry of log) entry.unread = false
        log.push({ unread: kind === 'theirs' })
        if (kind === 'mine') conversation = send(conversation, own(seq))
        else if (kind === 'notice') conversation = addNotice(conversation, notice(seq))
        else conversation = receive(conversation, message(seq), kind === 'theirs-seen')
      }
      const first = log.findIndex(({ unread }) => unread)
      expect(conversation.length).toBe(log.length)
      expect(conversation.unread).toBe(log.filter(({ unread }) => unread).length)
      expect(conversation.readTo).toBe(first === -1 ? log.length : first)
    }),
  )
})

describe('the list', () => {
  const at = (id: ConversationId, time: number, unread = 0): Conversation => ({ ...createConversation(id, time), unread })
  const list = [at('peer:carol', 5), at('channel:general', 9, 2), at('peer:Alice', 5), at('peer:alice', 5, 1)]

  it('is sorted newest first, and always the same way among equals', () => {
    const sorted = ['channel:general', 'peer:Alice', 'peer:alice', 'peer:carol']
    expect(sortConversations(list).map(({ id }) => id)).toEqual(sorted)
    expect(sortConversations([...list].reverse()).map(({ id }) => id)).toEqual(sorted)
    expect(list[0]?.id).toBe('peer:carol')
  })

  it('has a total order', () => {
    const any = fc.record({ id: fc.constantFrom<ConversationId>('peer:a', 'peer:b', 'channel:a'), at: fc.nat({ max: 3 }) }).map(({ id, at: time }) => at(id, time))
    fc.assert(
      fc.property(any, any, any, (a, b, c) => {
        expect(Math.sign(byRecency(a, b))).toBe(-Math.sign(byRecency(b, a)) + 0)
        if (byRecency(a, b) <= 0 && byRecency(b, c) <= 0) expect(byRecency(a, c)).toBeLessThanOrEqual(0)
      }),
    )
  })

  it('is filtered by kind and by a part of the id', () => {
    const order = list.map(({ id }) => id)
    const found = (filter: 'all' | 'peer' | 'channel', query?: string) => filtered(order, filter, query)
    expect(found('all')).toHaveLength(4)
    expect(found('peer')).toEqual(['peer:carol', 'peer:Alice', 'peer:alice'])
    expect(found('channel')).toEqual(['channel:general'])
    expect(found('all', ' aLI ')).toEqual(['peer:Alice', 'peer:alice'])
    // The kind before the colon is not part of the name.
    expect(found('all', 'peer')).toEqual([])
    expect(found('all', 'channel:')).toEqual([])
    expect(found('channel', 'ali')).toEqual([])
    expect(found('all', '  ')).toBe(order)
  })

  it('adds up the unread messages', () => {
    expect(unreadTotal(list)).toBe(3)
    expect(unreadTotal([])).toBe(0)
    expect(unreadTotal(list.map((one) => setMuted(one, true)))).toBe(0)
  })
})

describe('insertSorted', () => {
  const at: Record<string, number> = { 'peer:a': 9, 'peer:b': 7, 'peer:c': 5, 'peer:d': 3 }
  const order: ConversationId[] = ['peer:a', 'peer:b', 'peer:c', 'peer:d']
  const to = (id: ConversationId, when: number) => insertSorted(order, id, (other) => at[other]! > when)

  it('inserts one that moves, or is new, among the others', () => {
    expect(to('peer:d', 10)).toEqual(['peer:d', 'peer:a', 'peer:b', 'peer:c'])
    expect(to('peer:a', 4)).toEqual(['peer:b', 'peer:c', 'peer:a', 'peer:d'])
    expect(to('peer:e', 0)).toEqual(['peer:a', 'peer:b', 'peer:c', 'peer:d', 'peer:e'])
    expect(insertSorted([], 'peer:e', () => true)).toEqual(['peer:e'])
  })

  it('returns the same order when nothing moves', () => {
    expect(to('peer:b', 8)).toBe(order)
    expect(to('peer:d', 1)).toBe(order)
  })
})

describe('preview', () => {
  it.each([
    ['two\nlines  and\tmore ', 'two lines and more'],
    ['x'.repeat(PREVIEW_MAX_LENGTH), 'x'.repeat(PREVIEW_MAX_LENGTH)],
    ['x'.repeat(PREVIEW_MAX_LENGTH + 1), `${'x'.repeat(PREVIEW_MAX_LENGTH - 1)}…`],
    [`${'x'.repeat(PREVIEW_MAX_LENGTH - 2)}👍yz`, `${'x'.repeat(PREVIEW_MAX_LENGTH - 2)}…`],
    ['\u202egnp.exe', 'gnp.exe'],
    [' \n ', ''],
  ])('of %j is %j', (words, expected) => {
    expect(preview(text(0, words)).text).toBe(expected)
  })

  it('has no text for other kinds', () => {
    expect(preview(message(0, { body: { kind: 'unsupported' } }))).toEqual({ from: 'bob', kind: 'unsupported', text: '', status: 'ok', seq: 0 })
  })

  it.each([
    ['queued', 'queued'],
    ['sending', 'sending'],
    ['failed', 'failed'],
    ['sent', 'ok'],
    ['delivered', 'ok'],
    ['read', 'ok'],
    ['received', 'ok'],
  ] as const)('of a message that is %s says %s', (status, expected) => {
    expect(preview(own(0, { status })).status).toBe(expected)
  })
})

describe('the read part of a conversation', () => {
  /** By seq: `o` another user's, `m` mine, `n` a notice. */
  function log(kinds: string): Message[] {
    return [...kinds].map((kind, seq) => (kind === 'm' ? own(seq) : kind === 'n' ? notice(seq) : message(seq)))
  }
  function unreadOf(messages: readonly Message[], from: number): number {
    return messages.slice(from).filter(({ status, body }) => status === 'received' && body.kind !== 'notice').length
  }
  /** All of it arrived unseen, after the first `read` messages. */
  function held(messages: readonly Message[], read = 0): Conversation {
    return { ...peer, length: messages.length, readTo: read, unread: unreadOf(messages, read) }
  }
  function readUpTo(conversation: Conversation, messages: readonly Message[], seq: number): Conversation {
    const { from, to } = countedFor(conversation, seq)
    return markReadTo(conversation, seq, messages.slice(from, to))
  }

  it('leaves 280 of 300 unread when 20 were seen', () => {
    const messages = log('o'.repeat(400))
    expect(readUpTo(held(messages, 100), messages, 120)).toMatchObject({ readTo: 120, unread: 280 })
  })

  it('counts neither own messages nor notices', () => {
    const messages = log('oonmoonmoo')
    expect(readUpTo(held(messages), messages, 4)).toMatchObject({ readTo: 4, unread: 4 })
    expect(readUpTo(held(messages), messages, 8)).toMatchObject({ readTo: 8, unread: 2 })
  })

  it('scans the fewer messages: those just read, or those that remain', () => {
    const conversation = held(log('o'.repeat(100)))
    expect(countedFor(conversation, 10)).toEqual({ from: 0, to: 10 })
    expect(countedFor(conversation, 90)).toEqual({ from: 90, to: 100 })
    expect(countedFor(conversation, 100)).toEqual({ from: 100, to: 100 })
    expect(countedFor({ ...conversation, start: 30 }, 40)).toEqual({ from: 30, to: 40 })
  })

  it('is all read at the end, whatever was counted, and never goes back', () => {
    const messages = log('ooo')
    expect(markReadTo({ ...held(messages), unread: 9 }, 3, [])).toMatchObject({ readTo: 3, unread: 0 })
    const conversation = held(messages, 2)
    expect(markReadTo(conversation, 1, [])).toBe(conversation)
    expect(markReadTo(conversation, 2, [])).toBe(conversation)
  })

  it('counts correctly for any order of reading', () => {
    const kinds = fc.array(fc.constantFrom('o', 'm', 'n'), { minLength: 1, maxLength: 60 }).map((all) => all.join(''))
    fc.assert(
      fc.property(kinds, fc.array(fc.nat(60), { maxLength: 10 }), (text, places) => {
        const messages = log(text)
        let conversation = held(messages)
        let furthest = 0
        for (const seq of places) {
          conversation = readUpTo(conversation, messages, seq)
          furthest = Math.max(furthest, Math.min(seq, messages.length))
          expect(conversation).toMatchObject({ readTo: furthest, unread: unreadOf(messages, furthest) })
        }
      }),
    )
  })
})
