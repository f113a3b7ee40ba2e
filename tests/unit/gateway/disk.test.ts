/** Data that a store has acknowledged is there after a restart, whatever the disk did in between. */
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { ClassicLevel } from 'classic-level'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Logger } from '../../../gateway/logger'
import type { Database } from '../../../gateway/store/disk'
import type { KeptStore } from '../../../gateway/store/kept-store'
import { openLevelStore } from '../../../gateway/store/level'
import { useFolder } from '../../support/folder'
import { TestClock } from '../../support/test-clock'

/** How long the store waits before it opens a failed disk again, ms: short, so that nothing expires in that time. */
const RETRY_MS = 1
const folder = useFolder()
let clock: TestClock
beforeEach(() => {
  clock = new TestClock()
})

interface Lines {
  readonly log: Logger
  readonly errors: string[]
  readonly warnings: string[]
}

function lines(): Lines {
  const [errors, warnings]: [string[], string[]] = [[], []]
  const nothing = () => undefined
  return { errors, warnings, log: { debug: nothing, info: nothing, warn: (line) => void warnings.push(line), error: (line) => void errors.push(line) } }
}

/**
 * A disk that fails while it is full, with LevelDB on it. Like LevelDB, an open database that has failed once accepts later writes without an error and loses
 * them at the next start. The clock stops while LevelDB works, or data would expire on a slow machine.
 */
function fragileDisk() {
  const disk = { isFull: false, openings: 0, batches: 0, syncs: 0 }
  const open = async (where: string): Promise<Database> => {
    if (disk.isFull) throw new Error('IO error: No space left on device')
    const db = new ClassicLevel<string, string>(where)
    await clock.hold(db.open())
    disk.openings++
    let hasFailed = false
    return {
      async batch(operations, options) {
        disk.batches++
        if (options.sync) disk.syncs++
        if (disk.isFull) {
          hasFailed = true
          throw new Error('IO error: No space left on device')
        }
        if (!hasFailed) await clock.hold(db.batch(operations, options))
      },
      get: (key) => clock.hold(db.get(key)),
      async *keys() {
        yield* await clock.hold(db.keys().all())
      },
      async *iterator() {
        yield* await clock.hold(db.iterator().all())
      },
      close: () => clock.hold(db.close()),
    }
  }
  return Object.assign(disk, { open })
}

const openStore = (where: string, disk = fragileDisk(), { log } = lines()) => openLevelStore(where, log, { clock, channelAttributesMs: 60_000, retryMs: RETRY_MS, open: disk.open })
const message = (text: string) => ({ from: 'bob', text, ts: clock.now() })
const textsFor = async (store: KeptStore, uid: string) => (await store.queued(uid)).map(({ message: { text } }) => text)

/** Writes until the store accepts it: a disk that has room again is noticed automatically. */
async function writeUntilTaken(store: KeptStore, text: string): Promise<void> {
  for (;;) {
    try {
      return void (await store.enqueue('alice', message(text)))
    } catch {
      await clock.advance(RETRY_MS)
    }
  }
}

describe('a store on a failing disk', () => {
  it('has its acknowledged data again, after a kill or an end, whenever the disk was full', async () => {
    const action = fc.oneof(
      { weight: 6, arbitrary: fc.record({ do: fc.constant('enqueue' as const), uid: fc.constantFrom('alice', 'carol') }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('dequeue' as const), uid: fc.constantFrom('alice', 'carol') }) },
      { weight: 1, arbitrary: fc.constant({ do: 'append' as const, uid: 'general' }) },
      { weight: 1, arbitrary: fc.constant({ do: 'attributes' as const, uid: 'general' }) },
      { weight: 2, arbitrary: fc.constant({ do: 'fill' as const, uid: '' }) },
      { weight: 2, arbitrary: fc.constant({ do: 'free' as const, uid: '' }) },
      { weight: 2, arbitrary: fc.constant({ do: 'wait' as const, uid: '' }) },
      { weight: 1, arbitrary: fc.constant({ do: 'restart' as const, uid: '' }) },
    )
    let run = 0
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 40 }), fc.boolean(), async (actions, isKilled) => {
        const where = join(folder(), String(run++))
        const disk = fragileDisk()
        let store = await openStore(where, disk)
        const model = new Map<string, string[]>()
        let topic: string | undefined
        let said: string[] = []
        const attempt = async (work: () => Promise<unknown>) => work().then(() => true, () => false)
        for (const [n, { do: what, uid }] of actions.entries()) {
          const text = String(n)
          const queue = model.get(uid) ?? []
          switch (what) {
            case 'enqueue':
              if (await attempt(() => store.enqueue(uid, message(text)))) model.set(uid, [...queue, text])
              break
            case 'dequeue': {
              const [first] = await store.queued(uid)
              if (first) await store.dequeue(uid, first.key)
              model.set(uid, queue.slice(1))
              break
            }
            case 'append':
              if (await attempt(() => store.append(uid, message(text)))) said.push(text)
              break
            case 'attributes': {
              const attributes = new Map([['k', { value: text, lastUpdateUserId: 'bob', lastUpdateTs: n }]])
              if (await attempt(() => store.changeChannelAttributes(uid, () => attributes))) topic = text
              break
            }
            case 'fill':
              disk.isFull = true
              break
            case 'free':
              disk.isFull = false
              break
            case 'wait':
              await clock.advance(RETRY_MS)
              break
            case 'restart':
              disk.isFull = false
              await store.close()
              store = await openStore(where, disk)
          }
          // The memory is never behind the acknowledged data.
          for (const [id, texts] of model) expect(await textsFor(store, id)).toEqual(texts)
        }
        disk.isFull = false
        await writeUntilTaken(store, 'last')
        model.set('alice', [...(model.get('alice') ?? []), 'last'])
        // A kill leaves the files as they are.
        const found = isKilled ? `${where} after a kill` : where
        if (isKilled) await cp(where, found, { recursive: true })
        await store.close()
        const again = await openStore(found)
        try {
          for (const [id, texts] of model) expect(await textsFor(again, id)).toEqual(texts)
          expect((await again.recent('general', 0)).map(({ text }) => text)).toEqual((said = said.slice(-32)))
          expect((await again.channelAttributes('general')).get('k')?.value).toBe(topic)
        } finally {
          await again.close()
        }
      }),
      { numRuns: 60 },
    )
  }, 120_000)

  it('reports once that the disk fails, and once that it works again', async () => {
    const disk = fragileDisk()
    const said = lines()
    const store = await openStore(folder(), disk, said)
    disk.isFull = true
    for (let n = 0; n < 20; n++) {
      await expect(store.enqueue('alice', message('refused'))).rejects.toThrow(`the data folder ${folder()} cannot be written: IO error: No space left on device`)
    }
    expect([said.errors.length, said.warnings.length]).toEqual([1, 0])
    disk.isFull = false
    await writeUntilTaken(store, 'taken')
    expect([said.errors.length, said.warnings.length]).toEqual([1, 1])
    expect(await textsFor(store, 'alice')).toEqual(['taken'])
    await store.close()
  })

  it('reads as before while it cannot write, and ends at once', async () => {
    const disk = fragileDisk()
    const store = await openStore(folder(), disk)
    await store.enqueue('alice', message('kept'))
    disk.isFull = true
    await expect(store.enqueue('alice', message('refused'))).rejects.toThrow()
    expect(await textsFor(store, 'alice')).toEqual(['kept'])
    await store.close()
    disk.isFull = false
    const again = await openStore(folder(), disk)
    expect(await textsFor(again, 'alice')).toEqual(['kept'])
    await again.close()
  })

  it('is closed when it says so, even if the last write fails and the disk has room again', async () => {
    const disk = fragileDisk()
    const store = await openStore(folder(), disk)
    const key = await store.enqueue('alice', message('kept'))
    await store.enqueue('alice', message('kept too'))
    disk.isFull = true
    await store.dequeue('alice', key)
    const closed = store.close()
    disk.isFull = false
    await closed
    const again = await openStore(folder(), disk)
    expect(await textsFor(again, 'alice')).toEqual(['kept too'])
    await again.close()
  })

  it('does not continue in a folder that another gateway has used in between', async () => {
    const disk = fragileDisk()
    const said = lines()
    const store = await openStore(folder(), disk, said)
    disk.isFull = true
    await expect(store.enqueue('alice', message('refused'))).rejects.toThrow()
    const other = await openStore(folder())
    await other.enqueue('alice', message('of the other'))
    await other.close()
    disk.isFull = false
    while (said.errors.length < 2) await clock.advance(RETRY_MS)
    await expect(store.enqueue('alice', message('refused'))).rejects.toThrow(`another gateway has used the data folder ${folder()}: restart this one`)
    await store.close()
    const again = await openStore(folder())
    expect(await textsFor(again, 'alice')).toEqual(['of the other'])
    await again.close()
  })
})

describe('writing', () => {
  it('shares one sync among all that wait for the write before', async () => {
    const disk = fragileDisk()
    const store = await openStore(folder(), disk)
    const before = { ...disk }
    await Promise.all(Array.from({ length: 100 }, (_, n) => store.enqueue(`receiver ${n}`, message('hello'))))
    expect(disk.batches - before.batches).toBe(2)
    expect(disk.syncs - before.syncs).toBe(2)
    await store.close()
  })

  it('syncs acknowledged data only', async () => {
    const disk = fragileDisk()
    const store = await openStore(folder(), disk)
    const before = disk.syncs
    await store.append('general', message('hello'))
    const key = await store.enqueue('alice', message('hello'))
    await store.dequeue('alice', key)
    await store.changeChannelAttributes('general', () => new Map([['k', { value: 'v', lastUpdateUserId: 'bob', lastUpdateTs: 1 }]]))
    expect(disk.syncs - before).toBe(1)
    await store.close()
  })
})
