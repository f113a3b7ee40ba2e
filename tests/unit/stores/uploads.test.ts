/** Own messages with files: uploaded a few at a time, sent once the store has the file, in order with the others. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ConversationId } from '@/src/chat/conversation/conversation'
import { AGAIN, withOwnAddress } from '@/src/chat/media/again'
import type { StoredFile, Upload } from '@/src/chat/media/stored-file'
import { setClock, systemClock } from '@/src/chat/time/clock'
import type { ImageBody } from '@/src/kinds/image/spec'
import { MediaError, type Media, type MediaFailure, type UploadOptions } from '@/src/more/media/port'
import type { FileServer } from '@/src/rtm/port'
import type { AccountPorts } from '@/src/stores/chat/account'
import { MemoryDisk } from '../../support/memory-key-value'
import { TestClock } from '../../support/test-clock'
import { openAccount } from './doubles'

const BOB: ConversationId = 'peer:bob'
const SERVER: FileServer = { base: 'http://files', bearer: async () => 'bearer' }
let clock: TestClock

beforeEach(() => setClock((clock = new TestClock())))
afterEach(() => setClock(systemClock))

function picture(local: string): ImageBody {
  return { kind: 'image', url: '', sha256: '', local, width: 40, height: 30, bytes: 500, mime: 'image/png', thumb: 'YJqGPQw7sFlslqhFafSE' }
}

/** What the store says of the file `local`: other facts than the sender's. */
function storedAs(local: string): StoredFile {
  return { url: `/f/${local.padEnd(22, '0')}`, mime: 'image/jpeg', bytes: 400, sha256: 'a'.repeat(64), width: 20, height: 15 }
}

interface Running {
  readonly upload: Upload
  readonly options: UploadOptions
  readonly isStopped: boolean
  finish(): void
  fail(failure: MediaFailure, retryAfterMs?: number): void
}

/** An account whose files are uploaded as the test says. `server`: undefined without a login. */
async function setup(disk = new MemoryDisk(), more: Partial<AccountPorts> = {}, loadsFiles = true) {
  const running: Running[] = []
  /** Keys of files on this device and addresses on the store that were deleted. */
  const removed: string[] = []
  /** Keys of files that the store has too. */
  const kept: string[] = []
  const sent: Record<string, unknown>[] = []
  const service = { server: SERVER as FileServer | undefined, online: true }
  const media: Media = {
    files: { remove: async (key: string) => void removed.push(key), sent: (key: string) => void kept.push(key) } as Media['files'],
    cache: undefined as unknown as Media['cache'],
    upload: (_server, upload, options) =>
      new Promise((resolve, reject) => {
        const run = {
          upload,
          options,
          isStopped: false,
          finish: () => resolve(storedAs(upload.local)),
          fail: (failure: MediaFailure, retryAfterMs?: number) => reject(new MediaError(failure, failure, retryAfterMs)),
        }
        options.onStart(() => {
          run.isStopped = true
          run.fail('offline')
        })
        running.push(run)
      }),
    remove: async (_server, url) => void removed.push(url),
  }
  const account = await openAccount(disk, {
    ready: () => service.online,
    sendToPeer: async (_peer, text) => (sent.push(JSON.parse(text) as Record<string, unknown>), { hasPeerReceived: true }),
    fileStore: () => service.server,
    media: async () => media,
    ...more,
  })
  await account.start('peer', 'bob')
  if (loadsFiles) await account.own.files.load()
  const words = () => sent.map(({ kind, text, url }) => (kind === 'text' ? text : url))
  const at = async (seq: number) => (await account.conversations.log.newest(BOB, [seq]))[0]!
  return { account, running, removed, sent, kept, words, service, at, disk }
}

/** An account that has sent a picture, and recalled it when there was no store. */
async function recalledWithoutServer(ports: Partial<AccountPorts>) {
  const device = await setup(new MemoryDisk(), ports)
  await device.account.own.send(BOB, picture('one'))
  await clock.advance(0)
  for (const { finish } of device.running) finish()
  await clock.advance(1_000)
  device.service.server = undefined
  await device.account.own.actions.recall(BOB, await device.at(0))
  await clock.advance(1_000)
  return device
}

const urlOf = (local: string) => storedAs(local).url

describe('a message with a file', () => {
  it('is saved at once, and goes with what the store says of the file', async () => {
    const { account, running, kept, sent, at } = await setup()
    await account.own.send(BOB, picture('one'))
    await clock.advance(1_000)
    expect(kept).toEqual([])
    expect(await at(0)).toMatchObject({ status: 'queued', body: { url: '', local: 'one' } })
    expect(sent).toEqual([])
    expect(running).toMatchObject([{ upload: { local: 'one', kind: 'image', mime: 'image/png' } }])
    running[0]!.finish()
    await clock.advance(1_000)
    expect(sent).toMatchObject([{ kind: 'image', ...storedAs('one') }])
    expect(sent[0]).not.toHaveProperty('local')
    expect(kept).toEqual(['one'])
    // The sender sees the file on this device.
    expect(await at(0)).toMatchObject({ status: 'delivered', body: { ...storedAs('one'), local: 'one' } })
  })

  it('goes in the order of writing; those behind it pass once its upload takes longer than 30 s', async () => {
    const { account, running, words, at } = await setup()
    const began = clock.now()
    await account.own.send(BOB, picture('one'))
    await account.own.send(BOB, { kind: 'text', text: 'behind' })
    await clock.advance(29_000)
    expect(words()).toEqual([])
    await clock.advance(2_000)
    expect(words()).toEqual(['behind'])
    running[0]!.finish()
    await clock.advance(1_000)
    expect(words()).toEqual(['behind', urlOf('one')])
    // Its row says when it went; one that nothing passed does not.
    expect(await at(0)).toMatchObject({ status: 'delivered', wentAt: began + 31_000 })
    await account.own.send(BOB, picture('two'))
    await clock.advance(29_000)
    running[1]!.finish()
    await clock.advance(1_000)
    expect(await at(2)).not.toHaveProperty('wentAt')
  })

  it('runs three uploads at a time, ahead of the sending', async () => {
    const { account, running, words } = await setup()
    for (const local of ['one', 'two', 'three', 'four']) await account.own.send(BOB, picture(local))
    await clock.advance(0)
    expect(running.map(({ upload }) => upload.local)).toEqual(['one', 'two', 'three'])
    running[1]!.finish()
    await clock.advance(0)
    expect(running.map(({ upload }) => upload.local)).toEqual(['one', 'two', 'three', 'four'])
    expect(words()).toEqual([])
    for (const index of [3, 2, 0]) running[index]!.finish()
    await clock.advance(5_000)
    expect(words()).toEqual(['one', 'two', 'three', 'four'].map(urlOf))
  })

  it('tells its progress, four times a second at most', async () => {
    const { account, running, at } = await setup()
    await account.own.send(BOB, picture('one'))
    await clock.advance(0)
    const share = account.own.files.share((await at(0)).id)
    const seen: number[] = []
    for (let part = 1; part <= 10; part++) {
      running[0]!.options.onProgress(part / 10)
      if (share.value !== undefined && seen.at(-1) !== share.value) seen.push(share.value)
      await clock.advance(100)
    }
    expect(seen).toEqual([0.1, 0.4, 0.7, 1])
  })

  it('is not sent before a restart that came during its upload, and is afterwards', async () => {
    const first = await setup()
    await first.account.own.send(BOB, picture('one'))
    await clock.advance(0)
    await first.account.close()
    expect(first.running[0]!.isStopped).toBe(true)
    const second = await setup(first.disk)
    await clock.advance(0)
    expect(second.running.map(({ upload }) => upload.local)).toEqual(['one'])
    second.running[0]!.finish()
    await clock.advance(1_000)
    expect(second.words()).toEqual([urlOf('one')])
  })

  it('waits for the login, and tries again at the next one', async () => {
    const { account, running, service } = await setup()
    service.server = undefined
    await account.own.send(BOB, picture('one'))
    await clock.advance(3_600_000)
    expect(running).toHaveLength(0)
    service.server = SERVER
    account.own.loggedIn()
    await clock.advance(0)
    expect(running).toHaveLength(1)
  })

  it('is tried again as long as the store is out of reach', async () => {
    const { account, running, words } = await setup()
    await account.own.send(BOB, picture('one'))
    for (let tries = 1; tries <= 12; tries++) {
      await clock.advance(30_000)
      expect(running).toHaveLength(tries)
      running.at(-1)!.fail('offline')
    }
    await clock.advance(30_000)
    running.at(-1)!.finish()
    await clock.advance(1_000)
    expect(words()).toEqual([urlOf('one')])
  })

  it.each<MediaFailure>(['file-too-large', 'file-quota', 'file-type', 'file-heic', 'file-lost'])('that the store refuses (%s) fails with the reason, does not block, and can be tried again', async (failure) => {
    const { account, running, words, at } = await setup()
    await account.own.send(BOB, picture('one'))
    await account.own.send(BOB, { kind: 'text', text: 'behind' })
    await clock.advance(0)
    running[0]!.fail(failure)
    await clock.advance(1_000)
    expect(await at(0)).toMatchObject({ status: 'failed', failure: { reason: failure } })
    expect(words()).toEqual(['behind'])
    expect(account.conversations.get(BOB)?.pending).toEqual([])
    await account.own.retry(BOB, await at(0))
    await clock.advance(0)
    running[1]!.finish()
    await clock.advance(1_000)
    expect(words()).toEqual(['behind', urlOf('one')])
  })

  it('fails when the store gives answers that are none, four times', async () => {
    const { account, running, at } = await setup()
    await account.own.send(BOB, picture('one'))
    for (let tries = 0; tries < 4; tries++) {
      await clock.advance(30_000)
      running.at(-1)!.fail('file-store')
    }
    await clock.advance(60_000)
    expect(running).toHaveLength(4)
    expect(await at(0)).toMatchObject({ status: 'failed', failure: { reason: 'file-store' } })
  })

  it('that is cancelled, recalled, deleted or cleared stops its upload and never goes', async () => {
    const { account, running, removed, words, at } = await setup()
    for (const local of ['one', 'two', 'three']) await account.own.send(BOB, picture(local))
    await clock.advance(0)
    expect(await account.own.cancel(BOB, await at(0))).toBe(true)
    expect(await account.own.actions.recall(BOB, await at(1))).toBe(true)
    expect(await account.own.actions.deleteHere(BOB, [await at(2)])).toBe(true)
    await clock.advance(60_000)
    expect(running.map(({ isStopped }) => isStopped)).toEqual([true, true, true])
    // A cancelled one can be sent again.
    expect(removed).toEqual(['two', 'three'])
    await account.own.send(BOB, picture('four'))
    await clock.advance(0)
    await account.clear([BOB])
    expect(running[3]!.isStopped).toBe(true)
    for (const run of running) run.finish()
    await clock.advance(60_000)
    expect(words()).toEqual([])
  })

  it('that is recalled leaves this device and the store once the recall has arrived, at the next login if there is none now', async () => {
    const { account, running, removed, service, at } = await setup()
    await account.own.send(BOB, picture('one'))
    await clock.advance(0)
    running[0]!.finish()
    await clock.advance(1_000)
    service.server = undefined
    expect(await account.own.actions.recall(BOB, await at(0))).toBe(true)
    await clock.advance(1_000)
    expect(removed).toEqual(['one'])
    service.server = SERVER
    account.own.loggedIn()
    await clock.advance(1_000)
    expect(removed).toEqual(['one', urlOf('one')])
  })

  it('that was recalled leaves the store after a restart, if it could not before', async () => {
    let kept: unknown
    const undeletedFiles = { read: () => kept, write: (urls: readonly string[]) => void (kept = [...urls]) }
    const { account, disk } = await recalledWithoutServer({ undeletedFiles })
    expect(kept).toEqual([urlOf('one')])
    await account.close()

    const next = await setup(disk, { undeletedFiles }, false)
    next.account.own.loggedIn()
    await next.account.own.files.load()
    await clock.advance(1_000)
    expect(next.removed).toEqual([urlOf('one')])
    expect(kept).toEqual([])
  })

  it.each([['no list', { length: 3 }], ['hostile', ['/f/../etc', 5, null, 'https://evil.example/f/aaaaaaaaaaaaaaaaaaaaaa', '/files/x']]])('leaves the store alone where the device has kept addresses that are %s', async (_what, kept) => {
    const { account, removed } = await setup(new MemoryDisk(), { undeletedFiles: { read: () => kept, write: () => undefined } })
    account.own.loggedIn()
    await clock.advance(1_000)
    expect(removed).toEqual([])
  })

  it('that is recalled while 500 others wait for the store takes the place of the oldest', async () => {
    let kept: unknown = Array.from({ length: 500 }, (_, at) => `/f/${String(at).padStart(22, '0')}`)
    await recalledWithoutServer({ undeletedFiles: { read: () => kept, write: (urls) => void (kept = [...urls]) } })
    expect(kept).toHaveLength(500)
    expect([(kept as string[])[0], (kept as string[])[499]]).toEqual([`/f/${'1'.padStart(22, '0')}`, urlOf('one')])
  })

  it('that is forwarded asks the store for an address of its own, and keeps no key of the first message', async () => {
    const { account, running, sent, at } = await setup()
    await account.own.send(BOB, withOwnAddress({ ...picture('one'), ...storedAs('one') } as ImageBody))
    await clock.advance(0)
    expect(running[0]!.upload.local).toBe(AGAIN + urlOf('one'))
    running[0]!.finish()
    await clock.advance(1_000)
    expect(sent).toMatchObject([{ kind: 'image', url: expect.stringMatching(/^\/f\/again/) as string }])
    expect((await at(0)).body).not.toHaveProperty('local')
  })

  it('of another store is forwarded with its address', () => {
    const body = { ...picture('one'), ...storedAs('one'), url: 'https://media.example/1' } as ImageBody
    expect(withOwnAddress(body)).toEqual(body)
  })
})
