import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Conversation } from '@/src/chat/conversation/conversation'
import type { Message } from '@/src/chat/message/message'
import { PAGE_SIZE } from '@/src/storage/keys'
import { draftRecord, messageRecord, metaRecord, pageRecord, parseConversationRecord, parseDraftRecord, parseMeta, parsePage, parseRow, rowRecord } from '@/src/storage/records'
import { conversation, message } from './make'

const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

const put = (value: unknown) => ({ value, appended: [], unreadable: 0 })
const pageOf = (value: unknown) => parsePage(put(value), 0).messages

const good = conversation('peer:bob', 3, { preview: { from: 'bob', kind: 'text', text: 'hi', status: 'ok' }, pending: [1, 2] })

describe('stored records', () => {
  it('are read as they were written', () => {
    const page = new Map([0, 7, 3].map((seq) => [seq, message(seq)]))
    const row = { conversation: { ...good, start: 2, left: true, muted: true }, bytes: 12, since: 5 }
    expect(parseRow(throughJson(rowRecord(row)))).toEqual(row)
    const drafted = { ...row, conversation: { ...good, draft: '打了一半' } }
    expect(parseRow(throughJson(rowRecord(drafted)))).toEqual(drafted)
    expect(parseMeta(throughJson(metaRecord({ generation: 3, pages: 2 })))).toEqual({ generation: 3, pages: 2, version: 3 })
    expect([...pageOf(throughJson(pageRecord(page))).values()]).toEqual([message(0), message(3), message(7)])
    const about = { quote: { id: 'q1', from: 'bob', text: 'hi' }, editing: { seq: 3, id: 'm3' }, mentions: [{ id: '*', name: '所有人' }] }
    expect(parseDraftRecord(throughJson(draftRecord({ text: 'text', about })))).toEqual({ text: 'text', about })
    expect(draftRecord({ text: '', about: {} })).toBeUndefined()
    const marked = { ...row, conversation: { ...good, by: { name: 'Bob' }, mentioned: [3, 5] } }
    expect(parseRow(throughJson(rowRecord(marked)))).toEqual(marked)
  })

  it('are left out if they are of another version', () => {
    expect(parseConversationRecord({ v: 4, conversation: good })).toBeUndefined()
    expect(parsePage(put({ v: 4, messages: [message(0)] }), 0)).toMatchObject({ unreadable: 1, messages: new Map() })
    expect(parsePage(put({ v: '1', messages: [message(0)] }), 0)).toMatchObject({ unreadable: 1, messages: new Map() })
    expect(parseMeta({ v: 4 })).toBe('newer')
    expect(parseMeta({ v: 2, generation: 1, pages: 1 })).toEqual({ generation: 1, pages: 1, version: 2 })
    expect(parseMeta({ v: 1, generation: 0, pages: 0 })).toBeUndefined()
    expect(parseDraftRecord({ text: 'text' }).text).toBe('')
  })

  it.each<[keyof Conversation, unknown[]]>([
    ['id', ['', 'bob', 'peer:', 'group:a', 1, null]],
    ['length', [-1, 1.5, '3', null, 2 ** 60]],
    ['preview', [undefined, 'hi', [], { ...good.preview, kind: 1 }, { ...good.preview, status: 'sent' }, { ...good.preview, text: 1 }]],
    ['at', ['now', null, Number.NaN, Number.POSITIVE_INFINITY]],
    ['unread', [-1, null]],
    ['readTo', [-1, undefined]],
    ['pending', [null, {}, [-1], ['1']]],
    ['left', [0, undefined, 'false']],
    ['draft', [0, null, ['x']]],
  ])('have no conversation with a wrong %s', (field, values) => {
    for (const value of values) expect(parseConversationRecord({ v: 1, conversation: { ...good, [field]: value } })).toBeUndefined()
  })

  it.each<[keyof Message, unknown[]]>([
    ['seq', [-1, 0.5, '0', PAGE_SIZE, null]],
    ['id', [undefined, 1]],
    ['from', [undefined, null]],
    ['at', ['', undefined]],
    ['status', ['unknown', undefined, '__proto__']],
    [
      'body',
      [
        null,
        'text',
        { kind: 'text' },
        { kind: 1, text: '' },
        { text: '' },
        { kind: 'notice', joined: 'alice', left: [], joinedCount: 1, leftCount: 0 },
        { kind: 'notice', joined: [1], left: [], joinedCount: 1, leftCount: 0 },
        { kind: 'notice', joined: [], left: [], joinedCount: -1, leftCount: 0 },
      ],
    ],
    ['failure', [null, 'rtm', { reason: 'rtm' }, { reason: 'rtm', operation: 'login', code: 1 }, { reason: 'other' }]],
  ])('have no message with a wrong %s', (field, values) => {
    for (const value of values) expect(pageOf({ v: 1, messages: [{ ...message(0), [field]: value }] }).size).toBe(0)
  })

  it('keep a body of an unknown kind, however often they are written', () => {
    const body = { kind: 'hologram', deep: [{ more: 'than this' }] }
    const stored = [...pageOf({ v: 1, messages: [{ ...message(0), body }] }).values()]
    expect(stored.map((each) => each.body)).toEqual([{ kind: 'unsupported', record: body }])
    const again = [...pageOf(JSON.parse(JSON.stringify(pageRecord(new Map(stored.map((each) => [each.seq, each])))))).values()]
    expect(again).toEqual(stored)
  })

  it('read the envelope of a message that an earlier version could not show, once they know its kind', () => {
    const bodyOf = (raw: string) => pageOf({ v: 1, messages: [{ ...message(0), body: { kind: 'unsupported', raw } }] }).get(0)?.body
    expect(bodyOf('{"v":1,"id":"a","kind":"text","text":"now known"}')).toEqual({ kind: 'text', text: 'now known' })
    for (const raw of ['{"v":1,"id":"a","kind":"hologram"}', '{"v":1,"id":"a","kind":"receipt"}', 'no envelope']) expect(bodyOf(raw)).toEqual({ kind: 'unsupported', raw })
    const stored = { kind: 'unsupported', record: { kind: 'text', text: 'known again' } }
    expect(pageOf({ v: 1, messages: [{ ...message(0), body: stored }] }).get(0)?.body).toEqual({ kind: 'text', text: 'known again' })
  })

  it('have the quote, the mentions and the profile of a message', () => {
    const quoting = message(0, 'yes', { by: { name: 'Bob' }, quote: { id: 'q', from: 'alice', at: 1, kind: 'text', text: 'coming?' }, mentions: ['alice'], fwd: { from: 'carol', at: 2 } })
    expect([...pageOf(throughJson(pageRecord(new Map([[0, quoting]])))).values()]).toEqual([quoting])
    const damaged = { ...message(0), by: 1, quote: { id: '' }, mentions: 'all' }
    expect([...pageOf(throughJson({ v: 3, messages: [damaged] })).values()]).toEqual([message(0)])
  })

  it('read again the envelope of a message of which an earlier version kept all', () => {
    const raw = '{"v":1,"id":"id-0","kind":"text","text":"text 0","quote":{"id":"q","from":"alice","text":"?"}}'
    const [read] = pageOf(throughJson({ v: 2, messages: [{ ...message(0), body: { kind: 'text', text: 'text 0', raw } }] })).values()
    expect(read).toEqual(message(0, 'text 0', { quote: { id: 'q', from: 'alice', text: '?' } }))
  })

  it('ignore everything of another form', () => {
    const hostile = JSON.parse(`{"v":1,"conversation":{"__proto__":{"unread":9},"extra":1,${JSON.stringify(good).slice(1)}}`)
    const parsed = parseConversationRecord(hostile)
    expect(Object.keys(parsed ?? {}).sort()).toEqual(Object.keys(good).sort())
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype)
    expect(({} as Record<string, unknown>).unread).toBeUndefined()
  })

  it('are read without an exception, whatever they are', () => {
    const keys = fc.constantFrom('v', 'conversation', 'messages', 'text', 'body', 'kind', '__proto__', 'id', 'seq', 'preview', 'failure')
    const anything = fc.oneof(fc.anything(), fc.dictionary(keys, fc.anything()), fc.record({ v: fc.constant(1), messages: fc.array(fc.dictionary(keys, fc.anything())) }))
    fc.assert(
      fc.property(anything, (value) => {
        parseConversationRecord(value)
        parsePage(put(value), 0)
        parsePage({ value: undefined, appended: [value, { message: value }, { seq: 0, status: value }], unreadable: 0 }, 0)
        parseRow(value)
        parseMeta(value)
        expect(typeof parseDraftRecord(value).text).toBe('string')
      }),
    )
  })
})

describe('a change of a message', () => {
  const own = message(3, 'words', { from: 'alice', status: 'sending' })
  it.each([
    ['its status', { ...own, status: 'delivered' } as Message, { seq: 3, status: 'delivered' }],
    ['why it failed', { ...own, status: 'failed', failure: { reason: 'expired' } } as Message, { seq: 3, status: 'failed', failure: { reason: 'expired' } }],
  ])('is %s only', (_name, message, record) => {
    expect(messageRecord(message, { ...own, body: { ...own.body } as Message['body'] })).toEqual(record)
    expect([...parsePage({ value: undefined, appended: [{ message: own }, record], unreadable: 0 }, 0).messages.values()]).toEqual([message])
  })

  it('is the whole message if its text differs, or there is none', () => {
    expect(messageRecord(own, undefined)).toEqual({ message: own })
    expect(messageRecord(own, message(3, 'other words', { from: 'alice' }))).toEqual({ message: own })
    expect(messageRecord(own, { ...own, id: 'another' })).toEqual({ message: own })
  })
})
