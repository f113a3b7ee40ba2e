/** The kinds of messages with a file: pictures, voices, videos and files. */
import { describe, expect, it } from 'vitest'
import { decode, encode, isSendable } from '@/src/chat/message/envelope'
import { canForward } from '@/src/chat/message/forwardable'
import { forwardedBody, recordOf } from '@/src/chat/message/forwarding'
import type { Message } from '@/src/chat/message/message'
import { kindOf, type MessageBody } from '@/src/kinds/registry'
import { t } from '@/src/locales'
import { offeredActions } from '@/src/ui/thread/message-actions'
import { entryLine } from '@/src/ui/shared/entry-text'
import { FILES, LONGEST_URL, STORED } from '../../support/media-samples'

const { image, voice, video, file } = FILES

/** A message with this body, as it is saved. */
function messageOf(body: MessageBody): Message {
  return { seq: 0, id: 'a', from: 'bob', at: 1, body, status: 'received' }
}

const read = (fields: object) => decode(JSON.stringify({ v: 1, id: 'a', ...fields }))
const pending = <Body extends MessageBody>(body: Body): Body => ({ ...body, url: '', sha256: '', local: 'k1' })

/** Malformed values of the fields that several kinds have. */
const NUMBERS = [0, -1, 1.5, '1', null, {}, [], true]
const HOSTILE: Readonly<Record<string, readonly unknown[]>> = {
  url: [
    '', 'http://media.example/a', 'javascript:alert(1)', 'data:image/png;base64,AAAA', 'file:///etc/passwd', 'blob:https://media.example/1', '//media.example/a', 'https://user:pass@media.example/a',
    'https://media.example/a b', 'https://медиа.example/a', `${LONGEST_URL}x`, `https://media.example/${'x'.repeat(30_000)}`,
    '/f/../x', '/f/../../../../etc/passwd12', '/f/AbCdEfGhIjKlMnOpQrSt-', '/f/AbCdEfGhIjKlMnOpQrSt-_x', '/f/AbCdEfGhIjKlMnOpQrSt-_/..', '/f/AbCdEfGhIjKlMnOpQrSt-_\n', '/F/AbCdEfGhIjKlMnOpQrSt-_', '/files/AbCdEfGhIjKlMnOpQrSt-_',
    1, null, [STORED.url], undefined,
  ],
  bytes: [...NUMBERS, 2 ** 40 + 1, 1e300, undefined],
  mime: ['', 'image', 'image/', '/png', 'IMAGE/png', 'image/png; charset=utf-8', 'image/png\n', 'text/html,x/y', `a/${'b'.repeat(99)}`, 7, undefined],
  sha256: ['', 'g'.repeat(64), STORED.sha256.slice(1), `${STORED.sha256}0`, STORED.sha256.toUpperCase(), 5, undefined],
  width: [...NUMBERS, 100_001, 1e9, undefined],
  height: [...NUMBERS, 100_001, 1e9, undefined],
  ms: [...NUMBERS, 86_400_001, 1e9, undefined],
  thumb: ['', 'AAA', 'A'.repeat(37), 'AAAA\n', '<svg>', 'AA-_', '====', 1, undefined],
  levels: ['', 'w', 'A', '0'.repeat(33), 'x'.repeat(30_000), 5],
  name: ['', ' ', '\u200b', '///', '\u202e', 'x'.repeat(201), 3, undefined],
  text: ['x'.repeat(1_001), 3, {}],
}

describe.each(Object.values(FILES).map((body) => [body.kind, body] as const))('a message of the kind %s', (name, body) => {
  const kind = kindOf(body)
  const hostile = Object.entries(HOSTILE).flatMap(([field, values]) => (kind.fields?.includes(field) ? values.map((value) => [field, value] as const) : []))

  it.each(hostile.filter(([field, value]) => field !== 'levels' || value !== ''))('with the %s %j is shown as one that needs a newer version', (field, value) => {
    const fields = { ...body, [field]: value }
    expect(read(fields)).toMatchObject({ body: { kind: 'unsupported' } })
    expect(kind.parse({ ...fields, local: 'k1', ...(field === 'sha256' && value === '' && { url: STORED.url }), ...(field === 'url' && value === '' && { sha256: STORED.sha256 }) })).toBeUndefined()
  })

  it('with NaN or Infinity among its numbers is not read from a disk', () => {
    const numbers = Object.entries(body).filter(([, value]) => typeof value === 'number')
    expect(numbers).not.toEqual([])
    for (const [field] of numbers) for (const value of [NaN, Infinity]) expect(kind.parse({ ...body, [field]: value })).toBeUndefined()
  })

  it('never takes the key of a file from the wire', () => {
    const envelope = read({ ...body, local: 'k1' })
    expect(envelope).toMatchObject({ body: { kind: name } })
    expect(envelope).not.toHaveProperty('body.local')
    expect(encode({ kind: 'message', id: 'a', body: { ...body, local: 'k1' } }, 'rich')).not.toContain('k1')
  })

  it('is neither sent nor forwarded before its file is uploaded', () => {
    expect([isSendable(body, 'rich'), canForward(messageOf(body), true)]).toEqual([true, true])
    expect([isSendable(pending(body), 'rich'), canForward(messageOf(pending(body)), true)]).toEqual([false, false])
    expect(() => encode({ kind: 'message', id: 'a', body: pending(body) }, 'rich')).toThrow()
  })

  it('tells what is to be uploaded, and then has what the store says', () => {
    expect(kind.upload?.(body)).toBeUndefined()
    expect(kind.upload?.(pending(body))).toEqual({ local: 'k1', kind: name, mime: body.mime, name: 'name' in body ? body.name : name })
    const stored = { url: `/f/${'z'.repeat(22)}`, mime: 'a/b', bytes: 1, sha256: 'f'.repeat(64), width: 7, height: 8, ms: 9 }
    const uploaded = kind.uploaded?.(pending(body), stored)
    const { url, mime, bytes, sha256 } = stored
    expect(uploaded).toMatchObject({ url, mime, bytes, sha256, local: 'k1', ...('ms' in body && { ms: 9 }), ...('width' in body && { width: 7, height: 8 }) })
    expect(Object.keys(uploaded ?? {}).sort()).toEqual([...Object.keys(body), 'local'].sort())
    expect(kind.upload?.(uploaded ?? body)).toBeUndefined()
  })

  it('is not sent in plain mode', () => {
    expect([isSendable(body, 'plain'), canForward(messageOf(body), false)]).toEqual([false, false])
  })

  it('is forwarded without the key of the file, which goes with its message', () => {
    expect(forwardedBody(messageOf({ ...body, local: 'k1', raw: '{}' }))).toEqual(body)
  })

  it('has a copy in its menu only if it has words', () => {
    const state = { isWaiting: false, hasOthersFailed: false, canCancel: false, canReact: true, selectsInPlace: true, isRich: true, me: 'alice', now: 2 } as never
    const offers = (each: MessageBody) => offeredActions(messageOf(each), state).some((action) => action.name === 'copy')
    expect(offers(body)).toBe(name === 'file')
    if (name === 'image') expect(offers({ ...image, text: 'a caption' })).toBe(true)
  })
})

describe('a message with a file', () => {
  it('has a line in the list, in a quote and in a record', () => {
    const line = (body: MessageBody) => kindOf(body).line(kindOf(body).excerpt(body, 60), t)
    expect([image, { ...image, text: '日落\n在外滩' }, voice, video, file].map(line)).toEqual(['[图片]', '[图片] 日落 在外滩', '[语音] 12″', '[视频]', '[文件] 2026 年第三季度报表.pdf'])
    const { entries } = recordOf('t', [image, voice, video, file].map((body) => messageOf(body)), (uid) => uid)
    expect(entries.map(entryLine)).toEqual(['[图片]', '[语音] 12″', '[视频]', '[文件] 2026 年第三季度报表.pdf'])
  })

  it('says to a client that does not know it what it is, in both languages', () => {
    const alt = (body: MessageBody) => (JSON.parse(encode({ kind: 'message', id: 'a', body }, 'rich')) as { alt: string }).alt
    expect([{ ...image, text: '日落' }, image, voice, video, file].map(alt)).toEqual(['[图片 Picture] 日落', '[图片 Picture]', '[语音 Voice] 12″', '[视频 Video] 0:34', '[文件 File] 2026 年第三季度报表.pdf'])
  })

  it('is found by its words', () => {
    const words = (body: MessageBody) => kindOf(body).searchText?.(body)
    expect([{ ...image, text: '日落' }, image, voice, video, file].map(words)).toEqual(['日落', '', undefined, undefined, '2026 年第三季度报表.pdf'])
  })

  it('loses a caption that is blank', () => {
    expect(read({ ...image, text: ' \u200b\n' })).toEqual({ kind: 'message', id: 'a', body: image })
  })

  it.each([
    ['../../etc/passwd', '....etcpasswd'],
    ['C:\\a\\b.txt', 'C:ab.txt'],
    ['gpj.\u202eexe', 'gpj.exe'],
    ['a\u200fb\u200e\u061c.pdf', 'ab.pdf'],
    ['a\n\tb\u0000.pdf', 'a b.pdf'],
    ['\ud800.pdf', '\ufffd.pdf'],
    ['👨‍👩‍👧.heic', '👨‍👩‍👧.heic'],
  ])('has a file of the name %j as %j', (name, clean) => {
    expect(read({ ...file, name })).toMatchObject({ body: { kind: 'file', name: clean } })
  })
})
