import { beforeEach, afterEach, expect, it } from 'vitest'
import { NoBearer } from '@/src/chat/media/no-bearer'
import { setClock, systemClock } from '@/src/chat/time/clock'
import { notLoggedIn } from '@/src/rtm/errors'
import type { FileBearer } from '@/src/rtm/local/frames'
import { LocalFileServer } from '@/src/rtm/local/file-server'
import { TestClock } from '../../support/test-clock'

const HOUR_MS = 3_600_000
let clock: TestClock

beforeEach(() => setClock((clock = new TestClock())))
afterEach(() => setClock(systemClock))

it.each([
  ['ws://127.0.0.1:7070/rtm', 'http://127.0.0.1:7070'],
  ['wss://chat.example.com/rtm?x=1', 'https://chat.example.com'],
])('the file server of %s is %s', (gateway, base) => {
  expect(new LocalFileServer(gateway, () => Promise.reject(new Error('not asked'))).base).toBe(base)
})

it('says so when the gateway gives none, and asks again at the next call', async () => {
  const answers: (() => Promise<FileBearer>)[] = [() => Promise.reject(notLoggedIn('fileBearer')), async () => ({ bearer: 'later', until: clock.now() + HOUR_MS })]
  const server = new LocalFileServer('ws://127.0.0.1:7070/rtm', () => answers.shift()!())
  await expect(server.bearer()).rejects.toBeInstanceOf(NoBearer)
  expect(await server.bearer()).toBe('later')
})

it('gives the bearer of the login, and asks for another one before that expires or when the server refused it', async () => {
  let asked = 0
  const bearerOf = (number: number): FileBearer => ({ bearer: `bearer-${number}`, until: clock.now() + HOUR_MS })
  const server = new LocalFileServer('ws://127.0.0.1:7070/rtm', async () => bearerOf(++asked))
  expect(server.isThere).toBe(false)
  server.take(bearerOf(0))
  expect([server.isThere, await server.bearer()]).toEqual([true, 'bearer-0'])
  await clock.advance(HOUR_MS - 60_000)
  // Two that ask at the same time get the same one.
  expect(await Promise.all([server.bearer(), server.bearer()])).toEqual(['bearer-1', 'bearer-1'])
  expect(await server.bearer('bearer-1')).toBe('bearer-2')
  // It was replaced in the meantime.
  expect(await server.bearer('bearer-1')).toBe('bearer-2')
  expect(asked).toBe(2)
  server.take(undefined)
  expect(server.isThere).toBe(false)
})
