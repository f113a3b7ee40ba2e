/** What a file store answers is not trusted: whatever it is, it becomes a file or one of the known failures. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FILE_FAILURES } from '@/src/chat/media/file-failure'
import { refusalOf, storedFileIn } from '@/src/more/media/answers'
import { MediaError } from '@/src/more/media/port'

const GOOD = { url: '/f/AbCdEfGhIjKlMnOpQrSt-_', mime: 'image/jpeg', bytes: 400, sha256: 'a'.repeat(64), width: 20, height: 15 }
const answer = (json: unknown, status = 200) => ({ status, headers: {}, body: typeof json === 'string' ? json : JSON.stringify(json) })
const failureOf = (run: () => unknown) => {
  try {
    run()
    return undefined
  } catch (error) {
    if (error instanceof MediaError) return error.failure
    throw error
  }
}

describe('the answer to an upload', () => {
  it('is a file if all of it is right', () => {
    expect(storedFileIn(answer(GOOD))).toEqual(GOOD)
  })

  it.each([
    ['a page', '<html><body>Sign in to the Wi-Fi</body></html>'],
    ['nothing', ''],
    ['half of it', JSON.stringify(GOOD).slice(0, 40)],
    ['a list', []],
    ['null', null],
    ['no address', { ...GOOD, url: '' }],
    ['an address that runs', { ...GOOD, url: 'javascript:alert(1)' }],
    ['a length below zero', { ...GOOD, bytes: -1 }],
    ['a length that is no number', '{"url":"/f/AbCdEfGhIjKlMnOpQrSt-_","mime":"image/jpeg","bytes":NaN}'],
    ['no pixels', { ...GOOD, width: 0 }],
    ['a billion pixels a side', { ...GOOD, height: 1e9 }],
    ['a wrong digest', { ...GOOD, sha256: 'a'.repeat(63) }],
  ])('with status 200 and %s is no file', (_what, json) => {
    expect(failureOf(() => storedFileIn(answer(json)))).toBe('file-store')
  })

  it('is a file or a known failure, whatever it says', () => {
    const field = fc.oneof(fc.jsonValue(), fc.constantFrom(...Object.values(GOOD)))
    const body = fc.oneof(fc.string(), fc.json(), fc.record({ url: field, mime: field, bytes: field, sha256: field, width: field, error: field, why: field, retryAfterMs: field }, { requiredKeys: [] }).map((json) => JSON.stringify(json)))
    fc.assert(
      fc.property(fc.oneof(fc.constant(200), fc.integer({ min: 0, max: 999 })), body, (status, text) => {
        const failure = failureOf(() => storedFileIn(answer(text, status)))
        expect([undefined, 'offline', ...FILE_FAILURES]).toContain(failure)
        if (status !== 200) expect(failure).toBeDefined()
      }),
      { numRuns: 2_000 },
    )
  })
})

it.each([
  [503, 'busy', 'offline'],
  [500, 'x', 'offline'],
  [401, 'bearer', 'file-store'],
  [507, 'full', 'file-store-full'],
  [413, 'too-large', 'file-too-large'],
  [410, 'gone', 'file-lost'],
  [302, 'x', 'file-store'],
  [403, 'constructor', 'file-store'],
])('status %i with the error %s is %s', (status, error, failure) => {
  expect(refusalOf(answer({ error }, status)).failure).toBe(failure)
})
