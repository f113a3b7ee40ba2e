import { describe, expect, it } from 'vitest'
import { decode, encode } from '@/src/chat/message/envelope'
import { kindOf, weightOf } from '@/src/kinds/registry'
import { record, type RecordBody } from '@/src/kinds/record/spec'
import { view } from '@/src/kinds/record/view'
import { t } from '@/src/locales'

const entry = { name: 'alice', at: 1, kind: 'text', text: 'hello' }
const sent = (fields: object) => decode(JSON.stringify({ v: 1, id: 'a', kind: 'record', title: 't', entries: [entry], ...fields }))
const body = (fields: Partial<RecordBody> = {}): RecordBody => ({ kind: 'record', title: 't', entries: [entry], ...fields })
const rowOf = (fields: Partial<RecordBody>) => view.row?.(body(fields), { isOpened: false, message: { id: 'a', seq: 1, from: 'bob', at: 1, conversation: 'peer:bob', isOwn: false } })

describe('a record', () => {
  it.each([
    { title: '' },
    { title: ' \u200b' },
    { title: 'x'.repeat(101) },
    { title: ['t'] },
    { entries: [] },
    { entries: {} },
    { entries: undefined },
    { entries: Array.from({ length: 51 }, () => entry) },
    { entries: [entry, null] },
    { entries: [[entry]] },
    { entries: [{ ...entry, name: ' ' }] },
    { entries: [{ ...entry, name: 'x'.repeat(65) }] },
    { entries: [{ ...entry, at: '1' }] },
    { entries: [{ ...entry, kind: '' }] },
    { entries: [{ ...entry, kind: 'a b' }] },
    { entries: [{ ...entry, text: 'x'.repeat(1_001) }] },
    { entries: [{ ...entry, text: 1 }] },
    { more: 0 },
    { more: -1 },
    { more: 1.5 },
    { more: 1_001 },
    { more: '1' },
  ])('with %j is shown as one that needs a newer version', (fields) => {
    expect(sent(fields)).toMatchObject({ kind: 'message', body: { kind: 'unsupported' } })
  })

  it('is in the list as what it is, whatever its title says', () => {
    expect(kindOf(body()).line(record.excerpt(body({ title: 'a title' }), 60), t)).toBe('[聊天记录]')
  })

  it('says in plain text, and so to clients that do not know it, who said what', () => {
    const entries = [entry, { ...entry, name: 'bob', text: 'two\nlines' }, { ...entry, text: '' }]
    expect(record.plain?.(body({ entries }))).toBe('t\nalice: hello\nbob: two\nlines')
    expect(JSON.parse(encode({ kind: 'message', id: 'a', body: body({ entries }) }, 'rich'))).toMatchObject({ alt: 't\nalice: hello\nbob: two\nlines' })
  })

  it('shows its title, the beginning of its first entries by their kinds, and how many messages there were', () => {
    const entries = [{ ...entry, text: 'a\nb' }, { ...entry, kind: 'location', text: '外滩' }, { ...entry, kind: 'hologram', text: '' }, { ...entry, text: '字'.repeat(100) }, entry]
    expect(rowOf({ entries, more: 7 })).toEqual({
      recordTitle: 't',
      recordLines: ['alice: a b', 'alice: [位置] 外滩', 'alice: [暂不支持的消息，请升级后查看]', `alice: ${'字'.repeat(32)}…`].map((words) => ({ words })),
      recordCount: '聊天记录，12 条',
    })
  })

  it('weighs no less than what it holds', () => {
    const full = body({ entries: Array.from({ length: 50 }, () => ({ ...entry, text: 'x'.repeat(500) })) })
    expect(weightOf(full)).toBeGreaterThan(25_000)
  })
})
