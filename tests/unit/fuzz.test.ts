/**
 * Every decoder of external data: peers, the server, the gateway's clients, token servers, addresses, the disk. None throws, changes shared prototypes, or
 * fails on depth or size, and accepted values have the promised shape. Each decoder's own tests show what it reads.
 */
import { inflateSync } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { parseConversationId } from '@/src/chat/conversation/conversation'
import { decode, RECEIPT_MAX_IDS } from '@/src/chat/message/envelope'
import { EXCERPT_MAX_LENGTH } from '@/src/chat/message/common-fields'
import { idProblem, isValidId, MESSAGE_MAX_BYTES, utf8Length } from '@/src/chat/rtm-limits'
import { displayId, initial } from '@/src/chat/text/names'
import { closeBidi, cutText, oneLine, shownText } from '@/src/chat/text/written-text'
import { pageConversation } from '@/src/ui/page/page-conversation'
import { decodeHex } from '@/src/platform/hex'
import { decodeId, kindFromQuery } from '@/src/platform/pages'
import { fetchToken, TokenRequestError } from '@/src/platform/request'
import { receivedMessage, receivedProperties } from '@/src/rtm/agora/received'
import { decodeAnswer, decodeFrame, decodeLoginAnswer } from '@/src/rtm/local/decode'
import type { UsedRequest } from '@/src/rtm/local/requests'
import { FRAME_MAX_BYTES, LOCAL_APP_ID, type OkFrame } from '@/src/rtm/local/frames'
import { personKeys, PAGE_SIZE } from '@/src/storage/keys'
import { isWhole, lineOf, parseLines } from '@/src/storage/lines'
import { amendmentsOf, parseConversationRecord, parseDraftRecord, parseMeta, parsePage, parseRow } from '@/src/storage/records'
import { parseFrame } from '../../gateway/frame'
import { isChannelMessage, isChannelRecord, isPeerMessage, isMembershipRecord } from '../../gateway/store/values'
import { issueToken, verifyToken } from '../../gateway/token'

const REQUESTS: readonly UsedRequest[] = ['logout', 'renew', 'join', 'leave', 'send', 'subscribe', 'peer', 'members']
const OWNER = { appId: LOCAL_APP_ID, certificate: 'c'.repeat(32), uid: 'alice', now: Date.UTC(2026, 0) }

/** The decoders of text, with the property that gets the result. */
const TEXT_DECODERS: Readonly<Record<string, (text: string) => unknown>> = {
  envelope: decode,
  frame: decodeFrame,
  'request of a client': parseFrame,
  token: (text) => verifyToken(text, OWNER),
  'lines of a file': parseLines,
  'wholeness of a file': isWhole,
  hex: decodeHex,
  'id in a query': decodeId,
  conversation: parseConversationId,
  'folder of a log': personKeys({ appId: LOCAL_APP_ID, uid: 'alice' }).conversationOf,
  page: (id) => pageConversation({ id }),
  id: idProblem,
  name: displayId,
  initial,
  preview: (text) => cutText(oneLine(text), 60),
  'shown text': shownText,
  bidi: closeBidi,
}

/** An answer is an object by the time it is decoded: decodeFrame ensures that. */
const answer = (value: unknown) => (typeof value === 'object' && value !== null ? value : {}) as OkFrame

/** The decoders of JSON, and of values from an SDK or a disk. */
const VALUE_DECODERS: Readonly<Record<string, (value: unknown) => unknown>> = {
  frame: decodeFrame,
  'login answer': (value) => decodeLoginAnswer(answer(value)),
  ...Object.fromEntries(REQUESTS.map((name) => [`answer to ${name}`, (value: unknown) => decodeAnswer(name, answer(value))])),
  'message of Agora': receivedMessage,
  'properties of Agora': receivedProperties,
  'page of a log': (value) => parsePage({ value, appended: [value], unreadable: 0 }, 0),
  'row of the index': parseRow,
  'list of amendments': (value) => amendmentsOf({ value, appended: [value], unreadable: 0 }),
  'head of the index': parseMeta,
  'conversation of the first format': parseConversationRecord,
  draft: parseDraftRecord,
  query: (value) => [pageConversation(value as never), kindFromQuery(value as never), decodeId(value)],
  conversation: parseConversationId,
  id: isValidId,
  'stored values': (value) => [isChannelMessage(value), isChannelRecord(value), isPeerMessage(value), isMembershipRecord(value)],
}

const words = fc.constantFrom(
  ...['__proto__', 'constructor', 'prototype', 'toString', 'v', 't', 'id', 'kind', 'text', 'receipt', 'message', 'messages', 'seq', 'from', 'at', 'body', 'status'],
  ...['ok', 'err', 'peer', 'msg', 'login', 'token', 'resume', 'channels', 'generation', 'pages', 'conversation', 'preview', 'joined', 'left', 'alice', 'received'],
)
const value: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(words, fc.string({ unit: 'binary' }), fc.constantFrom(null, true, false, 0, 1, 2, -1, 0.5, 1e300, 2 ** 53, Number.NaN), fc.nat({ max: 60 })),
    fc.array(tie('value'), { maxLength: 6 }),
    fc.array(fc.tuple(words, tie('value')), { maxLength: 8 }).map((pairs) => JSON.parse(`{${pairs.map(([key, each]) => `${JSON.stringify(key)}:${JSON.stringify(each) ?? 'null'}`).join(',')}}`) as unknown),
  ),
})).value
const text = fc.oneof(
  value.map((each) => JSON.stringify(each) ?? ''),
  value.map((each) => lineOf([each])),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef') }),
  fc.array(fc.oneof(words, fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '\n', ' ', '006', '007', LOCAL_APP_ID, '\u202e', '\u2069'))).map((parts) => parts.join('')),
)

const SHARED = [Object.prototype, Array.prototype, String.prototype, Function.prototype] as const
/** The properties of shared prototypes, to find out whether they were changed. */
const shared = () => JSON.stringify(SHARED.map((each) => Reflect.ownKeys(each).map(String)))

describe.each(Object.entries(TEXT_DECODERS))('the decoder of a %s', (_name, decodeText) => {
  it('accepts any text', () => {
    const before = shared()
    fc.assert(fc.property(text, (each) => void decodeText(each)), { numRuns: 500 })
    expect(shared()).toBe(before)
  })

  const N = 100_000
  it.each([
    ['open brackets', '['.repeat(N)],
    ['nested lists', '['.repeat(N) + ']'.repeat(N)],
    ['nested objects', '{"a":'.repeat(N) + '1' + '}'.repeat(N)],
    ['nesting within an envelope', `{"v":1,"id":"a","kind":"text","text":"x","quote":${'['.repeat(N)}${']'.repeat(N)}}`],
    ['nesting within a frame', `{"t":"msg","ch":"a","seq":1,"from":"b","text":"x","ts":1,"more":${'['.repeat(N)}${']'.repeat(N)}}`],
    ['a login', `{"t":"login","id":1,"v":1,"appId":"a","uid":"b","resume":{"secret":"s","channels":${'[['.repeat(N)}${']]'.repeat(N)}}}`],
    ['a megabyte', 'x'.repeat(1_000_000)],
    ['spaces', ' '.repeat(N)],
    ['spaces between letters', ' a'.repeat(N)],
    ['hex', '41'.repeat(N)],
    ['line breaks', '\n'.repeat(N)],
    ['combining marks', `Z${'\u0301'.repeat(N)}`],
    ['joiners', '\u200d'.repeat(N)],
    ['bidi controls', '\u2066\u202e'.repeat(N)],
    ['bidi controls that close nothing', '\u202a'.repeat(N) + '\u2069'.repeat(N)],
    ['halves of pairs', '\ud800'.repeat(N)],
    ['a token', `007${'A'.repeat(N)}`],
  ])('accepts %s in great number', (_what, each) => {
    decodeText(each)
  })
})

describe.each(Object.entries(VALUE_DECODERS))('the decoder of a %s', (_name, decodeValue) => {
  it('accepts any value', () => {
    const before = shared()
    fc.assert(fc.property(fc.oneof(value, fc.anything()), (each) => void decodeValue(each)), { numRuns: 500 })
    expect(shared()).toBe(before)
  })
})

describe('an accepted value', () => {
  it('has an id, a bounded quote and bounded receipts as an envelope', () => {
    fc.assert(
      fc.property(text, (each) => {
        const envelope = decode(each)
        if (envelope.kind === 'message' && envelope.id === undefined) {
          expect(envelope.body.kind === 'text' && each.endsWith(envelope.body.text)).toBe(true)
          return
        }
        expect(envelope.id).toMatch(/^[!-~]{1,64}$/)
        if (envelope.kind === 'message' && envelope.quote) expect(envelope.quote.text.length).toBeLessThanOrEqual(EXCERPT_MAX_LENGTH)
        if (envelope.kind === 'receipt') expect(envelope.delivered.length + envelope.read.length).toBeLessThanOrEqual(2 * RECEIPT_MAX_IDS)
      }),
    )
  })

  it('has possible users and channels as a frame, and is no larger than a frame may be', () => {
    const from = fc.oneof(fc.constantFrom('alice', '', 'null', 'a/b', '\u202e', 'x'.repeat(65)), fc.string({ unit: 'binary' }))
    const body = fc.oneof(fc.string(), fc.constantFrom('x'.repeat(MESSAGE_MAX_BYTES), 'x'.repeat(MESSAGE_MAX_BYTES + 1), '好'.repeat(MESSAGE_MAX_BYTES / 2)))
    const fields = fc.record({ t: fc.constantFrom('msg', 'peer', 'joined', 'left', 'count', 'attributes'), ch: from, from, uid: from, text: body, seq: fc.nat(), mid: fc.nat(), n: fc.nat(), ts: fc.double({ noNaN: true }), attributes: fc.constant([]) })
    fc.assert(
      fc.property(fields, (each) => {
        const frame = decodeFrame(JSON.stringify(each))
        if (!frame) return
        // A peer message has no channel, whatever other fields it has.
        if (frame.t !== 'peer' && 'ch' in frame) expect(isValidId(frame.ch)).toBe(true)
        if (frame.t === 'msg' || frame.t === 'peer') {
          expect(isValidId(frame.from)).toBe(true)
          expect(utf8Length(frame.text)).toBeLessThanOrEqual(MESSAGE_MAX_BYTES)
        }
        if (frame.t === 'joined' || frame.t === 'left') expect(isValidId(frame.uid)).toBe(true)
      }),
    )
    const large = JSON.stringify({ t: 'pong', more: 'x'.repeat(FRAME_MAX_BYTES) })
    expect(decodeFrame(large)).toBeUndefined()
    // The largest message that RTM carries, in its longest escaped form.
    expect(decodeFrame(JSON.stringify({ t: 'peer', mid: 1, from: 'x'.repeat(64), text: '\u0001'.repeat(MESSAGE_MAX_BYTES), ts: 1 }))).toBeDefined()
  })

  it('has only the messages of its page as a page, and counts the rest as unreadable', () => {
    const message = fc.record({ seq: fc.oneof(fc.nat({ max: 2 * PAGE_SIZE }), value), id: fc.string(), from: fc.string(), at: fc.oneof(fc.double(), value), body: fc.oneof(fc.record({ kind: fc.constant('text'), text: fc.string() }), value), status: fc.oneof(fc.constantFrom('received', 'sent', '__proto__'), value) })
    const records = fc.array(fc.oneof(message, message.map((each) => ({ message: each })), value))
    fc.assert(
      fc.property(records, records, (messages, appended) => {
        const page = parsePage({ value: { v: 1, messages }, appended, unreadable: 0 }, 1)
        expect(page.messages.size + page.unreadable).toBeLessThanOrEqual(messages.length + appended.length)
        for (const [seq, each] of page.messages) {
          expect(Math.floor(seq / PAGE_SIZE)).toBe(1)
          expect(each).toMatchObject({ seq, id: expect.any(String), from: expect.any(String), at: expect.any(Number) })
          expect(['text', 'unsupported', 'notice']).toContain(each.body.kind)
        }
      }),
    )
  })

  it('is as it was signed as a token: no other, and no changed one', () => {
    for (const kind of ['006', '007'] as const) {
      const token = issueToken(kind, OWNER, 3_600)
      expect(verifyToken(token, OWNER).ok).toBe(true)
      const touched = fc.tuple(fc.nat({ max: token.length - 1 }), fc.constantFrom(...'ABCxyz019+/=.', '\u0000')).map(([at, letter]) => token.slice(0, at) + letter + token.slice(at + 1))
      // The last letter of base64 has unused bits, and so has compressed data.
      const content = (each: string) => {
        const bytes = Buffer.from(each.slice(kind === '006' ? 3 + LOCAL_APP_ID.length : 3), 'base64')
        return (kind === '007' ? inflated(bytes) : bytes).toString('hex')
      }
      const isSame = (each: string) => each.slice(0, 3) === kind && content(each) === content(token)
      fc.assert(fc.property(touched, (each) => isSame(each) || !verifyToken(each, OWNER).ok), { numRuns: 1_000 })
      const cut = fc.nat({ max: token.length - 1 }).map((at) => token.slice(0, at))
      fc.assert(fc.property(cut, (each) => !verifyToken(each, OWNER).ok))
      fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => !verifyToken(`${kind}${kind === '006' ? LOCAL_APP_ID : ''}${Buffer.from(bytes).toString('base64')}`, OWNER).ok))
    }
  })
})

/** Itself if it is not compressed at all. */
function inflated(bytes: Buffer): Buffer {
  try {
    return inflateSync(bytes)
  } catch {
    return bytes
  }
}

describe('the answer of a token server', () => {
  afterEach(() => vi.unstubAllGlobals())

  it('is a token or a reason why there is none', async () => {
    const body = fc.oneof(value, text, fc.constantFrom('['.repeat(100_000), '{"token":'.repeat(50_000), '{"token":"a b"}', '{"__proto__":{"token":"x"}}', '<html>', '{"token":"x"}', 'x'.repeat(4_097)))
    const status = fc.oneof(fc.constant(200), fc.integer(), fc.constantFrom(Number.NaN, 204, 302, 500))
    await fc.assert(
      fc.asyncProperty(body, status, async (data, statusCode) => {
        vi.stubGlobal('uni', { request: ({ success }: { success(result: object): void }) => success({ statusCode, data }) })
        const answer = await fetchToken('https://example.com/token', 'alice').catch((error: unknown) => error)
        if (answer instanceof TokenRequestError) return
        expect(answer).toEqual({ token: expect.stringMatching(/^[^\s<>{}"]{1,4096}$/), expiresIn: undefined })
        expect(statusCode).toBe(Math.min(299, Math.max(200, statusCode)))
      }),
    )
  })
})
