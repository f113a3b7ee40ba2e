/** Files that fail, tear or are left half-done by a crash, at every single operation. */
import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createStorage } from '@/src/storage/history/create-storage'
import { personKeys } from '@/src/storage/keys'
import { lineOf, parseLines } from '@/src/storage/lines'
import { createMiniKeyValue } from '@/src/storage/kv/mini-program'
import { createSafeFiles } from '@/src/storage/kv/mini-files'
import type { History } from '@/src/storage/port'
import { type Fault, FILES_FULL, STORAGE_FULL, SYSTEM_ERROR, WxDisk } from '../../support/wx-files'
import { alice, conversation, message, messages } from './make'
import { temporaryWxDisk } from './wx-disk'

const id = 'peer:bob'
const page = (number: number) => `wxfile://usr/history/${personKeys(alice).page(id, number)}`

let temporary: ReturnType<typeof temporaryWxDisk>
let disk: WxDisk
beforeEach(() => {
  temporary = temporaryWxDisk()
  disk = temporary.disk
})
afterEach(() => temporary.dispose())

const open = (over = disk): Promise<History> => createStorage(createMiniKeyValue(over)).openHistory(alice)
const restart = (): Promise<History> => open((disk = new WxDisk(temporary.folder)))

/** Messages 0 to 59 are written. Then a write changes one of each page and appends up to 119. */
async function prepare(renamesOver: boolean): Promise<History> {
  disk.renamesOver = renamesOver
  const history = await open()
  await history.write([{ conversation: conversation(id, 60), messages: messages(0, 60) }])
  disk.operations = 0
  return history
}
const change = (history: History) =>
  history.write([{ conversation: conversation(id, 120), messages: [message(3, 'changed'), message(55, 'changed'), ...messages(60, 120)] }])
const afterChange = messages(0, 120).map((m) => (m.seq === 3 || m.seq === 55 ? message(m.seq, 'changed') : m))

/** The number of changing operations without a fault. */
async function countOperations(renamesOver: boolean): Promise<number> {
  await change(await prepare(renamesOver))
  return disk.operations
}

async function renew(): Promise<void> {
  temporary.dispose()
  temporary = temporaryWxDisk()
  disk = temporary.disk
}

for (const renamesOver of [true, false]) {
  describe(`a device that ${renamesOver ? 'renames' : 'does not rename'} over a file`, () => {
    it('undoes a write whichever one of its operations fails', async () => {
      const total = await countOperations(renamesOver)
      expect(total).toBeGreaterThan(4)
      for (let failing = 1; failing <= total; failing++) {
        await renew()
        const history = await prepare(renamesOver)
        let failed = ''
        disk.fault = (operation, count): Fault => {
          if (count !== failing) return undefined
          failed = operation
          return { failure: operation === 'setStorage' ? STORAGE_FULL : FILES_FULL, torn: true }
        }
        const result = await change(history).then(() => 'done', (error) => error.failure)
        // A rename that fails once is retried, and a missing file is written instead of appended to.
        expect(result, `${failed} ${failing}`).toBe(/rename|appendFile/.test(failed) && result === 'done' ? 'done' : 'full')
        const expected = result === 'done' ? afterChange : messages(0, 60)
        for (const opened of [history, await restart()]) {
          expect(await opened.messages(id, 0, 200), `${failed} ${failing}`).toEqual(expected)
          expect((await opened.conversations())).toEqual([conversation(id, expected.length)])
        }
      }
    })

    it('loses nothing that was written when it dies in whichever operation', async () => {
      const total = await countOperations(renamesOver)
      for (let last = 1; last <= total; last++) {
        await renew()
        const history = await prepare(renamesOver)
        // From here on nothing works any more, nor does the undoing. One file is torn.
        disk.fault = (_, count) => (count < last ? undefined : { failure: SYSTEM_ERROR, torn: count === last })
        await expect(change(history)).rejects.toMatchObject({ name: 'StorageError' })

        const survivor = await restart()
        disk.renamesOver = renamesOver
        const conversations = await survivor.conversations()
        expect(survivor.damage().unreadable).toBe(0)
        expect(conversations).toEqual([conversation(id, 60)])
        const read = await survivor.messages(id, 0, 60)
        expect(read.map(({ seq }) => seq)).toEqual(messages(0, 60).map(({ seq }) => seq))
        for (const { seq, body } of read) expect([`text ${seq}`, ...(seq === 3 || seq === 55 ? ['changed'] : [])]).toContain(body.kind === 'text' && body.text)

        // The same write succeeds now, over whatever was left behind.
        await change(survivor)
        expect(await (await restart()).messages(id, 0, 200)).toEqual(afterChange)
      }
    })
  })
}

it('reads the second file if the first is torn or missing, and keeps it through a next write that dies', async () => {
  for (const damage of [(file: string) => truncateSync(file, 40), (file: string) => writeFileSync(file, '')]) {
    await renew()
    await (await open()).write([{ conversation: conversation(id, 2) }])
    await createMiniKeyValue(disk).commit([{ type: 'put', key: personKeys(alice).page(id, 0), value: { v: 1, messages: messages(0, 2) } }])
    const file = disk.at(page(0))
    writeFileSync(`${file}.tmp`, readFileSync(file))
    damage(file)
    const history = await restart()
    expect(await history.messages(id, 0, 2)).toEqual(messages(0, 2))
    disk.fault = (operation) => (operation === 'appendFile' ? { failure: SYSTEM_ERROR, torn: true } : undefined)
    await expect(history.write([{ conversation: conversation(id, 3), messages: [message(2)] }])).rejects.toMatchObject({ failure: 'failed' })
    expect(await (await restart()).messages(id, 0, 10)).toEqual(messages(0, 2))
  }
})

it('leaves out a torn page without a second file, and shows the others', async () => {
  await (await open()).write([{ conversation: conversation(id, 120), messages: messages(0, 120) }])
  writeFileSync(disk.at(page(1)), readFileSync(disk.at(page(1)), 'utf8').slice(0, 100))
  expect(await (await restart()).messages(id, 0, 120)).toEqual([...messages(0, 50), ...messages(100, 120)])
})

it('does not treat an unreadable file as empty', async () => {
  await (await open()).write([{ conversation: conversation(id, 2), messages: messages(0, 2) }])
  const broken = await restart()
  const { readFile } = disk.fs
  disk.fs.readFile = ({ fail }) => fail({ ...SYSTEM_ERROR, errMsg: `readFile:${SYSTEM_ERROR.errMsg}` })
  await expect(broken.write([{ conversation: conversation(id, 3), messages: [message(2)] }])).rejects.toMatchObject({ failure: 'failed' })
  await expect(broken.messages(id, 0, 2)).rejects.toMatchObject({ failure: 'failed' })
  disk.fs.readFile = readFile
  expect(await broken.messages(id, 0, 3)).toEqual(messages(0, 2))
})

it('does not treat an unreadable index as empty', async () => {
  await (await open()).write([{ conversation: conversation(id, 2), messages: messages(0, 2) }])
  const { readFileSync: read } = disk.fs
  disk.fs.readFileSync = () => {
    throw Object.assign(new Error(`readFileSync:${SYSTEM_ERROR.errMsg}`), SYSTEM_ERROR)
  }
  const closed = await open()
  expect(closed.damage().closed).toBe('failed')
  await expect(closed.write([{ conversation: conversation(id, 1), messages: [message(0)] }])).rejects.toMatchObject({ failure: 'failed' })
  disk.fs.readFileSync = read
  expect(await (await open()).messages(id, 0, 2)).toEqual(messages(0, 2))
})

it('leaves no file behind of a conversation that is removed', async () => {
  const history = await open()
  for (let seq = 0; seq < 60; seq++) await history.write([{ conversation: conversation(id, seq + 1), messages: [message(seq)] }])
  // two pages, the ids of the first one, the index and its format
  expect(disk.list()).toHaveLength(5)
  await history.remove(id)
  expect(disk.list().map((name) => name.split('/')[1])).toEqual(['index', 'index'])
  expect(disk.storage.getStorageInfoSync().keys).toEqual([])
})

it('deletes a file with its second one, and never leaves that alone', async () => {
  const kv = createMiniKeyValue(disk)
  await kv.commit([{ type: 'put', key: 'log/p/c/0', value: 'whole' }])
  writeFileSync(disk.at(`${disk.root}/log/p/c/0.tmp`), '"older"')
  disk.operations = 0
  disk.fault = (_, count) => (count > 1 ? { failure: SYSTEM_ERROR } : undefined)
  await expect(kv.commit([{ type: 'delete', key: 'log/p/c/0' }])).rejects.toMatchObject({ failure: 'failed' })
  expect(await kv.get('log/p/c/0')).toBe('whole')
  disk.fault = () => undefined
  await kv.commit([{ type: 'delete', key: 'log/p/c/0' }])
  expect(await kv.get('log/p/c/0')).toBeUndefined()
  expect(disk.list()).toEqual([])
})

it('reports that it may not write', async () => {
  const kv = createMiniKeyValue({ ...disk, root: '/elsewhere' })
  const commit = kv.commit([{ type: 'put', key: 'log/p/c/0', value: 1 }])
  await expect(commit).rejects.toMatchObject({ name: 'StorageError', failure: 'unavailable' })
})

it('reports a write that could not be undone', async () => {
  const history = await prepare(true)
  let full = false
  disk.fault = (_operation, _count, what) => {
    if (full) return { failure: SYSTEM_ERROR }
    full = what.includes('/index/')
    return full ? { failure: FILES_FULL } : undefined
  }
  await expect(change(history)).rejects.toMatchObject({ failure: 'full', message: expect.stringContaining('taking back') })
  expect(await (await restart()).conversations()).toEqual([conversation(id, 60)])
})

it('reports that a new file could not be renamed, nor its second file removed', async () => {
  const files = createSafeFiles(disk.fs)
  const path = `${disk.root}/new`
  const first = lineOf(['first'])
  const fails = (operations: RegExp) => (disk.fault = (operation) => (operations.test(operation) ? { failure: SYSTEM_ERROR } : undefined))
  fails(/rename/)
  await expect(files.replace(path, first)).rejects.toMatchObject({ failure: 'failed', message: 'rename:fail system error' })
  expect(await files.read(path)).toEqual(await files.read(`${disk.root}/none`))
  fails(/rename|unlink/)
  await expect(files.replace(path, first)).rejects.toMatchObject({ failure: 'failed', message: 'rename:fail system error; taking back what was written failed: unlink:fail system error' })
  fails(/none/)
  const second = lineOf(['second'])
  await files.replace(path, second)
  expect(await files.read(path)).toEqual(parseLines(second))
})

describe('a failed deletion', () => {
  const failDeletions = (what: RegExp): (() => number) => {
    let failed = 0
    disk.fault = (operation, _count, name) => {
      if (!/unlink|rmdir|removeStorage/.test(operation) || !what.test(name)) return undefined
      failed++
      return { failure: SYSTEM_ERROR }
    }
    return () => failed
  }

  for (const what of [/0\.journal$/, /1\.journal$/, /1\.0$/, /2\.journal$/]) {
    it(`of ${what.source} does not undo a new index`, async () => {
      const history = await open()
      let length = 0
      const add = async (count: number): Promise<void> => {
        for (const end = length + count; length < end; length++) await history.write([{ conversation: conversation(id, length + 1), messages: [message(length)] }])
      }
      await add(299)
      const failed = failDeletions(what)
      await add(320)
      expect(failed()).toBeGreaterThan(0)
      const again = await restart()
      expect(await again.conversations()).toEqual([conversation(id, length)])
      expect(await again.messages(id, 0, 1_000)).toEqual(messages(0, length))
      expect(again.damage().unreadable).toBe(0)
    })
  }

  it('of the first format does not make it the valid one', async () => {
    const keys = personKeys(alice)
    const { start: _start, pinned: _pinned, muted: _muted, ...former } = conversation(id, 2)
    await createMiniKeyValue(disk).commit([
      { type: 'put', key: keys.conversation(id), value: { v: 1, conversation: former } },
      { type: 'put', key: keys.page(id, 0), value: { v: 1, messages: messages(0, 2) } },
    ])
    const failed = failDeletions(/conversation/)
    const history = await open()
    expect(await history.conversations()).toEqual([conversation(id, 2)])
    await history.write([{ conversation: conversation(id, 3), messages: [message(2)] }])
    expect(failed()).toBe(1)
    expect(await (await restart()).conversations()).toEqual([conversation(id, 3)])
  })
})

describe('an index with a damaged line', () => {
  /** Damages the lines of the journal in which the length of the conversation is one of these. */
  const garble = (lengths: number[]): void => {
    const file = disk.at(`wxfile://usr/history/${personKeys(alice).index}0.journal`)
    const lines = readFileSync(file, 'utf8').split('\n')
    writeFileSync(file, lines.map((line) => (lengths.some((length) => line.includes(`"${id}",${length},`)) ? line.replace('peer', 'pxxr') : line)).join('\n'))
  }

  it('gives no message the place of another that is no longer counted, and sends the waiting ones', async () => {
    const history = await open()
    const own = (seq: number, status: 'queued' | 'sending' | 'sent' | 'failed' | 'read') => message(seq, 'mine', { from: 'alice', status })
    const first = [message(0), own(1, 'read'), own(2, 'failed')]
    const pending = { pending: [1, 2] }
    await history.write([{ conversation: conversation(id, 3, pending), messages: first }])
    const rest = [own(3, 'sent'), own(4, 'sending'), ...messages(5, 130)]
    for (const each of rest) await history.write([{ conversation: conversation(id, each.seq + 1), messages: [each] }])
    garble(Array.from({ length: 127 }, (_, n) => n + 4))
    const again = await restart()
    // A new message is numbered by the stale data.
    const [row] = again.recent()
    expect(row).toMatchObject({ length: 130, start: 0, unread: 125, readTo: 3, pending: [3, 4], preview: { text: 'text 129' }, at: message(129).at })
    await again.write([{ conversation: conversation(id, 131), messages: [message(130)] }])
    expect(await again.messages(id, 0, 200)).toEqual([...first, ...rest, message(130)])
  })

  it('is not changed for a conversation that it has right', async () => {
    const history = await open()
    const right = conversation('channel:x', 60, { start: 55, unread: 2, readTo: 58, pinned: true, left: true, preview: { from: 'bob', kind: 'text', text: 'text 59', status: 'ok' }, at: message(59).at })
    await history.write([{ conversation: right, messages: messages(0, 60) }])
    await history.write([{ conversation: conversation(id, 1), messages: [message(0)] }])
    await history.write([{ conversation: conversation(id, 2), messages: [message(1)] }])
    garble([2])
    const again = await restart()
    expect((await again.conversations()).find((each) => each.id === right.id)).toEqual(right)
    expect((await again.conversations()).find((each) => each.id === id)).toMatchObject({ length: 2 })
  })
})

it('undoes a damaged line and not the one before it', async () => {
  const kv = createMiniKeyValue(disk)
  const key = 'log/p/c/0'
  await kv.commit([{ type: 'append', key, values: ['kept'] }])
  disk.fault = (operation) => (operation === 'setStorage' ? { failure: STORAGE_FULL } : undefined)
  await expect(kv.commit([{ type: 'append', key, values: ['taken back'] }, { type: 'put', key: 'draft/p/c', value: 1 }])).rejects.toMatchObject({ failure: 'full' })
  const file = disk.at(`${disk.root}/${key}`)
  writeFileSync(file, readFileSync(file, 'utf8').replace('taken', 'tXken'))
  expect(await kv.list(key)).toEqual({ value: undefined, appended: ['kept'], unreadable: 1 })
})

it('keeps every message when a clearing fails or dies at any operation before it counts', async () => {
  for (const dies of [false, true]) {
    for (const what of [/\.journal$/, /log\//]) {
      await renew()
      const history = await prepare(true)
      let failed = false
      disk.fault = (_operation, _count, name) => {
        if (!what.test(name) && !(dies && failed)) return undefined
        failed = true
        return { failure: SYSTEM_ERROR }
      }
      const result = await history.write([{ conversation: conversation(id, 60, { start: 60 }) }]).then(() => 'cleared', () => 'refused')
      expect([failed, result]).toEqual([true, what.test('log/') ? 'cleared' : 'refused'])
      const again = await restart()
      const [row] = await again.conversations()
      expect(row?.start).toBe(result === 'cleared' ? 60 : 0)
      if (result === 'refused') expect(await again.messages(id, 0, 100)).toEqual(messages(0, 60))
      expect(again.damage().unreadable).toBe(0)
    }
  }
})
