/** Data folders that are damaged, foreign, or open to other users. */
import { chmod, cp, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ClassicLevel } from 'classic-level'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Logger } from '../../../gateway/logger'
import { repairFolder } from '../../../gateway/store/folder'
import { openLevelStore } from '../../../gateway/store/level'
import { findLogDamage } from '../../../gateway/store/log-file'
import { findTableDamage } from '../../../gateway/store/table-file'
import { untilPrinted, useCommands } from '../../support/commands'

const MESSAGES = 20
const warnings: string[] = []
const log: Logger = { debug: () => undefined, info: () => undefined, warn: (line) => void warnings.push(line), error: () => undefined }
const open = (where: string) => openLevelStore(where, log, { channelAttributesMs: 60_000 })

const run = useCommands(fileURLToPath(new URL('../../..', import.meta.url)))
let parent: string
let folder: string
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'gateway-folder-'))
  folder = join(parent, 'data')
  warnings.length = 0
})
afterEach(async () => {
  await rm(parent, { recursive: true })
})

/** A folder with messages in its log; with `asTable`, in a table. */
async function fill({ asTable = false } = {}): Promise<void> {
  const store = await open(folder)
  for (let n = 0; n < MESSAGES; n++) await store.enqueue('alice', { from: 'bob', text: `message ${n} `.repeat(50), ts: Date.now() })
  await store.close()
  // The next start moves the log into a table.
  if (asTable) await (await open(folder)).close()
}

async function fileOf(ending: string): Promise<string> {
  const sizes = await Promise.all(
    (await readdir(folder)).filter((file) => file.endsWith(ending)).map(async (file) => ({ file, size: (await stat(join(folder, file))).size })),
  )
  return join(folder, sizes.sort((a, b) => b.size - a.size)[0]!.file)
}

async function flip(file: string, offset: number): Promise<void> {
  const bytes = await readFile(file)
  bytes[offset]! ^= 0x10
  await writeFile(file, bytes)
}

/** Every file with its content. */
async function contents(where = folder): Promise<[string, string][]> {
  const files = (await readdir(where)).sort()
  return Promise.all(files.map(async (file): Promise<[string, string]> => [file, (await readFile(join(where, file))).toString('base64')]))
}

async function queuedIn(where: string): Promise<number> {
  const store = await open(where)
  const { length } = await store.queued('alice')
  await store.close()
  return length
}

const damaged = (what: string) => new RegExp(`^the data folder \\S+/data is damaged: ${what}.* --repair, which keeps what can be read of it`)

describe('a damaged data folder', () => {
  it('is named and rejected if a byte of its log is wrong, is left as it is, and can be repaired', async () => {
    await fill()
    const { length } = await readFile(await fileOf('.log'))
    const offset = Math.floor(length / 2)
    await flip(await fileOf('.log'), offset)
    const before = await contents()
    await expect(open(folder)).rejects.toThrow(damaged('its file \\d+.log is damaged'))
    expect(await contents()).toEqual(before)
    const former = await repairFolder(folder)
    expect(await contents(former)).toEqual(before)
    expect(await queuedIn(folder)).toBeGreaterThanOrEqual(MESSAGES - 1)
  })

  it('is rejected if its list of files is missing, is left as it is, and can be repaired', async () => {
    await fill({ asTable: true })
    await rm(join(folder, 'CURRENT'))
    const before = await contents()
    await expect(open(folder)).rejects.toThrow(damaged('its file CURRENT is missing'))
    expect(await contents()).toEqual(before)
    await repairFolder(folder)
    expect(await queuedIn(folder)).toBe(MESSAGES)
  })

  it('is named and rejected if a table is damaged', async () => {
    await fill({ asTable: true })
    await flip(await fileOf('.ldb'), 200)
    const before = await contents()
    await expect(open(folder)).rejects.toThrow(damaged('its file \\d+.ldb is damaged'))
    expect(await contents()).toEqual(before)
    await repairFolder(folder)
    expect(await queuedIn(folder)).toBeGreaterThan(MESSAGES / 2)
  })

  it('is accepted if a killed program has left half a table, or half a start', async () => {
    await fill({ asTable: true })
    await writeFile(join(folder, '000999.ldb'), 'half a table')
    await writeFile(join(folder, '000001.log'), Buffer.alloc(5_000, 7))
    expect(await queuedIn(folder)).toBe(MESSAGES)
    const begun = join(parent, 'begun')
    await mkdir(begun)
    await writeFile(join(begun, 'MANIFEST-000001'), 'half a list')
    await writeFile(join(begun, 'LOCK'), '')
    expect(await queuedIn(begun)).toBe(0)
  })

  it.each([
    ['is not there', async () => undefined],
    [
      'is of another program',
      async () => {
        const other = new ClassicLevel<string, string>(folder)
        await other.put('key', 'value')
        await other.close()
      },
    ],
  ])('is not repaired if it %s, and is left as it is', async (_what, make) => {
    await make()
    const before = await contents().catch(() => [])
    await expect(repairFolder(folder)).rejects.toThrow(`the data folder ${folder} cannot be repaired: `)
    expect(await contents().catch(() => [])).toEqual(before)
    expect(await readdir(parent)).toEqual(before.length > 0 ? ['data'] : [])
  })

  it('is not repaired, and not called damaged, while another process has it open', async () => {
    const writer = run(process.execPath, ['--import', 'tsx', 'tests/support/store-writer.ts', folder])
    await untilPrinted(writer, 'open')
    await expect(repairFolder(folder)).rejects.toThrow(`the data folder ${folder} is in use by another gateway`)
    await rm(join(folder, 'CURRENT'))
    await writeFile(join(folder, 'CURRENT'), 'nonsense')
    await expect(open(folder)).rejects.toThrow(`the data folder ${folder} is in use by another gateway`)
    expect(await readdir(parent)).toEqual(['data'])
  })
})

describe('damage in a log file', () => {
  it('is found wherever one byte is wrong, and never in a log that ends early', async () => {
    await fill()
    // More than one block of it.
    const store = await open(folder)
    for (let n = 0; n < 30; n++) await store.enqueue('alice', { from: 'bob', text: String(n).repeat(3_000), ts: 1 })
    await store.close()
    const bytes = await readFile(await fileOf('.log'))
    expect(bytes.length).toBeGreaterThan(3 * 32_768)
    expect(findLogDamage(bytes)).toBeUndefined()
    for (let end = 0; end < bytes.length; end += 997) expect(findLogDamage(bytes.subarray(0, end)), `up to ${end}`).toBeUndefined()
    for (let offset = 0; offset < bytes.length - 4_000; offset += 1_009) {
      const changed = Buffer.from(bytes)
      changed[offset]! ^= 0x01
      expect(findLogDamage(changed), `byte ${offset}`).toBeLessThanOrEqual(offset)
    }
  })

  it('is not found in space that was reserved and never written', () => {
    expect(findLogDamage(Buffer.alloc(0))).toBeUndefined()
    expect(findLogDamage(Buffer.alloc(70_000))).toBeUndefined()
  })
})

describe('damage in a table', () => {
  it('is found wherever one byte is wrong, or something is missing at its end', async () => {
    await fill({ asTable: true })
    const bytes = await readFile(await fileOf('.ldb'))
    expect(findTableDamage(bytes)).toBeUndefined()
    // The space between the blocks and the mark at the end is unused.
    const meaningful = [...Array(bytes.length - 48).keys()].filter((offset) => offset % 101 === 0)
    for (const offset of [...meaningful, bytes.length - 8, bytes.length - 1]) {
      const changed = Buffer.from(bytes)
      changed[offset]! ^= 0x01
      expect(findTableDamage(changed), `byte ${offset}`).toBeLessThanOrEqual(offset)
    }
    for (let end = 0; end < bytes.length; end += 997) expect(findTableDamage(bytes.subarray(0, end)), `up to ${end}`).toBeDefined()
  })
})

describe('a data folder', () => {
  it('is rejected if another program has its database there', async () => {
    const other = new ClassicLevel<string, string>(folder)
    await other.put('key', 'value')
    await other.close()
    await chmod(folder, 0o755)
    await expect(open(folder)).rejects.toThrow(`the data folder ${folder} cannot be opened: it holds the database of another program`)
    expect((await stat(folder)).mode & 0o777).toBe(0o755)
  })

  it('is rejected if it has other files, and is left as it is', async () => {
    await mkdir(folder)
    await chmod(folder, 0o755)
    await writeFile(join(folder, 'notes.txt'), 'mine')
    await expect(open(folder)).rejects.toThrow('it holds other files: name a folder that is new or empty')
    expect(await readdir(folder)).toEqual(['notes.txt'])
    expect((await stat(folder)).mode & 0o777).toBe(0o755)
  })

  it('may have the system’s own files', async () => {
    await mkdir(join(folder, 'lost+found'), { recursive: true })
    await writeFile(join(folder, '.DS_Store'), '')
    expect(await queuedIn(folder)).toBe(0)
  })

  it.skipIf(process.platform === 'win32')('is readable by its owner only', async () => {
    await fill()
    expect((await stat(folder)).mode & 0o777).toBe(0o700)
    const older = join(parent, 'older')
    await mkdir(older)
    await cp(folder, older, { recursive: true })
    await chmod(older, 0o755)
    expect(await queuedIn(older)).toBe(MESSAGES)
    expect((await stat(older)).mode & 0o777).toBe(0o700)
    expect(warnings).toEqual(['others could read the data folder: now its owner alone can'])
  })
})
