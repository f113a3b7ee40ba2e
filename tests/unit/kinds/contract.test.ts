/** The contract of a kind of message. A kind that is added to the registry is tested here without a change; samples.ts needs its bodies. */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { decode, encode, envelopeBytes, isSendable } from '@/src/chat/message/envelope'
import type { Message } from '@/src/chat/message/message'
import { MESSAGE_MAX_BYTES, utf8Length } from '@/src/chat/rtm-limits'
import { KINDS, USUAL_KIND, kindNamed, kindOf, weightOf, type AnyKind, type MessageBody } from '@/src/kinds/registry'
import { VIEWS } from '@/src/kinds/views'
import { locale, t } from '@/src/locales'
import { pageRecord, parsePage } from '@/src/storage/records'
import { messageRow, shownMessage } from '@/src/ui/thread/message-row'
import { RowPeople } from '@/src/ui/thread/row-people'
import type { Thread } from '@/src/stores/chat'
import { kindFolders, readBubble, type Bubble } from '../../../scripts/vite/kind-views'
import { sampleBodies } from './samples'

const ID = 'V1StGXR8_Z5jdHi6B-myT'
const root = fileURLToPath(new URL('../../..', import.meta.url))
const folders = kindFolders((file) => readFileSync(`${root}/${file}`, 'utf8'), root)
const kinds = Object.values(KINDS) as AnyKind[]

const bubbles = folders.filter(({ folder }) => existsSync(`${folder}/Bubble.vue`)).map(({ name }) => name)

function bubbleOf(name: string): Bubble {
  const file = `${folders.find((folder) => folder.name === name)?.folder}/Bubble.vue`
  return readBubble(name, readFileSync(file, 'utf8'), file)
}

/** The classes that the styles apply to. Those before a space only say where, such as `.own .text`. */
function classesOf(styles: string): string[] {
  const selectors = styles.replace(/\/\*[^]*?\*\//g, '').match(/[^{};]+(?=\{)/g) ?? []
  const last = selectors.flatMap((selector) => selector.split(',')).map((selector) => selector.trim().split(/[\s>+~]+/).at(-1) ?? '')
  return [...new Set(last.flatMap((compound) => [...compound.matchAll(/\.([a-z][\w-]*)/gi)].map(([, found = '']) => found)))]
}

const CHUNK = readFileSync(`${root}/src/ui/thread/MessageChunk.vue`, 'utf8')
const ROW_CLASSES = ['own', 'is-named', 'is-target', ...classesOf(CHUNK.slice(CHUNK.indexOf('<style'))), ...[...CHUNK.matchAll(/\sclass="([^"]+)"/g)].flatMap(([, names = '']) => names.split(' '))]

/** The values of a row that are not of a kind: those that its markup uses, and those of a line, which has none of a kind. */
const ROW_NAMES = [...CHUNK.matchAll(/\brow\.(\w+)/g)].flatMap(([, name = '']) => name).concat(Object.keys(lineRow()))

/** What taps beside the bubble do. */
const ROW_TAPS = [...CHUNK.matchAll(/\sdata-does="([^"]+)"/g)].map(([, does]) => does)

function lineRow(): object {
  const message: Message = { seq: 0, id: ID, from: '', at: 1, body: { kind: 'notice', joined: [], left: [], joinedCount: 0, leftCount: 0 }, status: 'received' }
  const thread = { opened: { body: new Set<number>(), reactions: new Set<number>() }, highlighted: { value: undefined }, conversation: 'peer:bob' } as unknown as Thread
  const row = { seq: 0, id: ID, own: false, from: '', at: 1, message, time: false, name: false, status: '' } as const
  return messageRow(row, { thread, kind: 'peer', now: 1, me: 'alice', states: new Map(), people: new RowPeople(), canWriteAgain: () => false })
}

/** What another program may send or a disk may give back. */
const hostile = fc.oneof(
  fc.anything(),
  fc.object({ withNullPrototype: true }),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\u202e', '\ud800', 'x'.repeat(40_000), 'javascript:alert(1)', -1, Infinity, {}, [[[]]]),
)

/** Words that people write, and that a careless cut or a single line spoils. */
const WORDS = ['😀'.repeat(30), '👩🏽‍❤️‍💋‍👨🏽'.repeat(6), 'two\nlines', 'a\u2028b', '\u202eback', ' \u200b ', 'x'.repeat(100)]

afterEach(() => {
  locale.value = 'zh'
})

it('names a folder for every kind, the usual one first', () => {
  expect(folders.map(({ name }) => name)).toEqual(kinds.map(({ name }) => name))
  expect(USUAL_KIND).toBe(kinds[0]?.name)
  expect(kinds.every((kind) => kindNamed(kind.name) === kind)).toBe(true)
  for (const name of ['constructor', '__proto__', 'toString', '', undefined, 1]) expect(kindNamed(name)).toBeUndefined()
})

describe.each(kinds.map((kind) => [kind.name, kind] as const))('the kind %s', (name, kind) => {
  const samples = sampleBodies(name)
  const messageOf = (body: MessageBody): Message => ({ seq: 0, id: ID, from: kind.isSystem ? '' : 'bob', at: 1, body, status: 'received' })

  it('has samples of its own bodies', () => {
    expect(samples.length).toBeGreaterThan(1)
    for (const body of samples) expect(kindOf(body)).toBe(kind)
  })

  it('has a name that goes over the wire', () => {
    expect(name).toMatch(/^[!-~]{1,64}$/)
    expect(['receipt', 'typing', 'edit', 'recall', 'reaction']).not.toContain(name)
    expect((kind.fields ?? []).filter((field) => ['v', 'id', 'kind', 'quiet', 'again', 'quote', 'raw'].includes(field))).toEqual([])
  })

  it('comes back from the wire as it was sent, within a message of RTM', () => {
    for (const body of samples) {
      expect(isSendable(body, 'rich')).toBe(kind.encode !== undefined && kind.upload?.(body) === undefined)
      if (!kind.encode || !isSendable(body, 'rich')) continue
      const text = encode({ kind: 'message', id: ID, body }, 'rich')
      // The key of an own file is for this device only.
      const { local: _key, ...sent } = body as MessageBody & { readonly local?: string }
      expect(decode(text)).toEqual({ kind: 'message', id: ID, body: sent })
      expect(envelopeBytes({ body }, 'rich')).toBe(utf8Length(encode({ kind: 'message', id: ID, body, again: true }, 'rich')))
      expect(Object.keys(kind.encode(body)).every((field) => kind.fields?.includes(field))).toBe(true)
    }
  })

  it('says in plain mode what it is, or is not sent', () => {
    for (const body of samples) {
      if (isSendable(body, 'plain')) expect(decode(encode({ kind: 'message', id: ID, body }, 'plain'))).toMatchObject({ kind: 'message', body: { kind: 'text' } })
      else expect(() => encode({ kind: 'message', id: ID, body }, 'plain')).toThrow()
    }
  })

  it('comes back from the disk as it was written', () => {
    for (const body of samples) {
      const record: unknown = JSON.parse(JSON.stringify(pageRecord(new Map([[0, messageOf(body)]]))))
      expect([...parsePage({ value: record, appended: [], unreadable: 0 }, 0).messages.values()]).toEqual([messageOf(body)])
    }
  })

  it('reads any fields without an exception, and keeps the envelope of malformed ones', () => {
    const fields = fc.dictionary(fc.constantFrom(...(kind.fields ?? ['text']), 'kind', '__proto__'), hostile)
    fc.assert(
      fc.property(fields, (given) => {
        const record = kind.parse(given)
        if (record) expect([record.kind, weightOf(record) >= 0]).toEqual([name, true])
        const raw = JSON.stringify({ ...given, v: 1, id: ID, kind: name })
        if (raw.length > MESSAGE_MAX_BYTES) return
        const envelope = decode(raw)
        if (envelope.kind === 'message' && envelope.body.kind === 'unsupported') expect(envelope.body.raw).toBe(raw)
      }),
    )
  })

  it('weighs at least the words that it holds', () => {
    for (const body of samples) expect(weightOf(body)).toBeGreaterThanOrEqual(kind.searchText?.(body).length ?? 0)
  })

  it.each(['zh', 'en'] as const)('has one line for the list in %s, which is short and never empty unless it is a system line', (language) => {
    locale.value = language
    for (const body of samples) {
      const excerpt = kind.excerpt(body, 60)
      expect(excerpt.length).toBeLessThanOrEqual(60)
      expect(excerpt).not.toMatch(/[\n\r]/)
      expect(kind.line(excerpt, t) !== '').toBe(!kind.isSystem)
    }
  })

  it('makes one line of whole characters from any words that it accepts, in any length', () => {
    for (const body of samples) {
      const record = JSON.parse(JSON.stringify(body)) as Record<string, unknown>
      const changed = Object.keys(record).filter((field) => field !== 'kind' && typeof record[field] === 'string')
      const bodies = changed.flatMap((field) => WORDS.map((words) => kind.parse({ ...record, [field]: words }))).filter((each) => each !== undefined)
      for (const each of [body, ...bodies]) {
        for (const max of [1, 2, 3, 10, 60]) {
          const excerpt = kind.excerpt(each, max)
          expect(excerpt.length).toBeLessThanOrEqual(max)
          expect(excerpt).not.toMatch(/[\n\r\u2028]/)
          expect(excerpt).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/)
        }
      }
    }
  })

  it('has a view: a line where it is a system line, a bubble with flat values of its own otherwise', () => {
    const view = VIEWS[name]
    const file = `${folders.find((folder) => folder.name === name)?.folder}/Bubble.vue`
    expect(existsSync(file)).toBe(!kind.isSystem)
    for (const body of samples) {
      if (kind.isSystem) expect(view?.note?.(body)).toBeTruthy()
      else for (const shown of rowsOf(body)) expect(Object.values(shown).filter((value) => !isShown(value))).toEqual([])
    }
    if (!kind.isSystem) expect(bubbleOf(name).markup).toContain('row.')
  })

  if (kind.isSystem) return

  const rowsOf = (body: MessageBody) => [true, false].flatMap((isOwn) => [true, false].map((isOpened) => VIEWS[name]?.row?.(body, { isOpened, message: shownMessage(messageOf(body), isOwn, 'peer:bob') }) ?? {}))

  it('gives its values names that no value of a row has', () => {
    const names = samples.flatMap(rowsOf).flatMap(Object.keys)
    expect(names.filter((own) => ROW_NAMES.includes(own))).toEqual([])
  })

  it('gives its classes names that neither the row nor another kind has', () => {
    const others = bubbles.filter((other) => other !== name)
    const taken = [...ROW_CLASSES, ...others.flatMap((other) => classesOf(bubbleOf(other).styles))]
    expect(classesOf(bubbleOf(name).styles).filter((own) => taken.includes(own))).toEqual([])
  })

  it('has an action for each part that can be tapped, and a part for each action', () => {
    const { markup } = bubbleOf(name)
    const tapped = [...markup.matchAll(/<[a-z][^>]*\s(?:@|v-on:)tap[^>]*>/g)].map(([tag]) => tag)
    expect(tapped.filter((tag) => !/:data-seq="\w+\.key"/.test(tag))).toEqual([])
    const done = tapped.map((tag) => /\sdata-does="([^"]+)"/.exec(tag)?.[1])
    expect(done.filter((does) => does === undefined || ROW_TAPS.includes(does))).toEqual([])
    expect(new Set(done.filter((does) => does !== 'open'))).toEqual(new Set(Object.keys(VIEWS[name]?.taps ?? {})))
  })
})

/** Whether a value can be sent to the view: a text or a number, or a list of such values by name. */
function isShown(value: unknown, isInList = false): boolean {
  if (value === undefined) return true
  if (Array.isArray(value)) return !isInList && value.every((item: object) => Object.values(item).every((part) => isShown(part, true)))
  return typeof value === 'string' || typeof value === 'number'
}
