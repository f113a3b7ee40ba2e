/** The row of a conversation as its log tells it: withdrawn and deleted messages have no words any more. */
import { describe, expect, it } from 'vitest'
import type { MessageChanges } from '@/src/chat/message/message-changes'
import { rebuiltRow } from '@/src/storage/index/rebuilt-row'
import { conversation, message } from './make'

const ID = 'peer:bob'
const recalled: MessageChanges = { recall: { rev: 1, at: 1, id: 'r' }, erased: true }
const deleted: MessageChanges = { deleted: true, erased: true }
const known = (length: number, pending: readonly number[] = []) => ({ conversation: conversation(ID, length, { pending }), bytes: 0, since: 1 })
const queued = (seq: number, amended?: MessageChanges) => message(seq, amended ? '' : 'waits', { from: 'alice', status: 'queued', ...(amended && { amended }) })

describe.each([
  ['recalled', recalled],
  ['deleted', deleted],
])('a %s message', (_name, amended) => {
  it('is not sent', () => {
    const messages = [queued(0, amended), queued(1)]
    expect(rebuiltRow(ID, messages, 0, undefined)?.conversation.pending).toEqual([1])
    expect(rebuiltRow(ID, messages, 0, known(2, [0, 1]))?.conversation.pending).toEqual([1])
  })

  it('is not unread', () => {
    expect(rebuiltRow(ID, [message(0), message(1, '', { amended }), message(2)], 0, known(1))?.conversation.unread).toBe(1)
  })
})

describe('the preview', () => {
  it.each([undefined, known(0)])('is not of a deleted message', (row) => {
    expect(rebuiltRow(ID, [message(0), message(1, '', { amended: deleted })], 0, row)?.conversation.preview).toMatchObject({ seq: 0, text: 'text 0' })
    expect(rebuiltRow(ID, [message(0, '', { amended: deleted })], 0, row)?.conversation).toMatchObject({ length: 1, preview: null })
  })

  it('says that a message is recalled', () => {
    expect(rebuiltRow(ID, [message(0, '', { amended: recalled })], 0, undefined)?.conversation.preview).toMatchObject({ kind: 'recalled' })
  })
})
