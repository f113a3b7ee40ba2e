/** The data folder: whether it may be opened, who may read it, and what can be saved of a damaged one. */
import { chmod, cp, mkdir, mkdtemp, readFile, readdir, rename, rm, stat, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { ClassicLevel } from 'classic-level'
import { nodeClock } from '../clock'
import type { Logger } from '../logger'
import { TABLES, prefixOf } from './keys'
import { findLogDamage } from './log-file'
import { readManifest } from './manifest'
import { findTableDamage } from './table-file'

/** Without compression: the lists in the tables can be read then, see {@link findTableDamage}. */
export const DATABASE_OPTIONS = { compression: false } as const

/** Logs and tables, by their numbers. */
const LOG = /^(\d+)\.log$/
const TABLE = /^(\d+)\.(?:ldb|sst)$/
/** What a folder may hold that nothing was put into. */
const NOTHING = /^\.|^lost\+found$/
/** What LevelDB has made when it is killed before its first CURRENT. */
const HALF_A_START = /^(LOCK|LOG|LOG\.old|MANIFEST-\d+|\d+\.dbtmp)$/

/** What the file server has in the folder. LevelDB's repair leaves it as it is. */
const FILE_SERVER = ['files', 'files-key']

/** A folder that cannot be opened, for a reason that `--repair` may help against. */
export class DamagedFolder extends Error {}

/** Makes the folder where there is none. Rejects when it is damaged ({@link DamagedFolder}), or is used for something else. */
export async function checkFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const files = await readdir(folder)
  if (!files.includes('CURRENT')) {
    if (files.some((file) => LOG.test(file) || TABLE.test(file))) throw new DamagedFolder('its file CURRENT is missing')
    if (!files.every((file) => NOTHING.test(file) || HALF_A_START.test(file))) throw new Error('it holds other files: name a folder that is new or empty')
    return
  }
  const damage = await damageIn(folder, files)
  if (damage === undefined) return
  // what another gateway is writing may look like that
  await whileLocked(folder, async () => undefined)
  throw new DamagedFolder(damage)
}

/** Makes sure that the folder is its owner's alone. */
export async function closeFolder(folder: string, log: Logger): Promise<void> {
  if (process.platform === 'win32' || ((await stat(folder)).mode & 0o077) === 0) return
  await chmod(folder, 0o700)
  log.warn('others could read the data folder: now its owner alone can', { folder })
}

/** Rejects when the first key of the database is not one of ours. */
export async function refuseForeign(db: { keys(): AsyncIterable<string> }): Promise<void> {
  for await (const key of db.keys()) {
    if (!TABLES.some((table) => key.startsWith(prefixOf(table)))) throw new Error('it holds the database of another program')
    return
  }
}

/** What is damaged in a folder that has its CURRENT, in a few words. Looks at the files that LevelDB will read, and not at what a killed program has left. */
async function damageIn(folder: string, files: readonly string[]): Promise<string | undefined> {
  const manifest = (await readFile(join(folder, 'CURRENT'), 'utf8')).trim()
  if (!files.includes(manifest)) return `its file CURRENT names ${JSON.stringify(manifest.slice(0, 40))}, which is not there`
  const list = await readFile(join(folder, manifest))
  if (findLogDamage(list) !== undefined) return `its file ${manifest} is damaged`
  const { tables, firstLog } = readManifest(list)
  for (const file of files) {
    const [, table = ''] = TABLE.exec(file) ?? []
    const [, log = ''] = LOG.exec(file) ?? []
    const find = table !== '' && tables.has(Number(table)) ? findTableDamage : log !== '' && Number(log) >= firstLog ? findLogDamage : undefined
    if (find?.(await readFile(join(folder, file))) !== undefined) return `its file ${file} is damaged`
  }
  return undefined
}

/**
 * Puts a repaired copy in the place of the folder, which keeps what can be read. Rejects with a sentence that names the folder,
 * which then is as it was; so it does when another gateway has the folder open, or the database is not ours.
 * @returns where the folder is now as it was before
 */
export async function repairFolder(folder: string, now = nodeClock.now()): Promise<string> {
  const place = resolve(folder)
  const stamp = new Date(now).toISOString().replaceAll(':', '-')
  const [repaired, former] = [`${place}.repaired-${stamp}`, `${place}.damaged-${stamp}`]
  try {
    await whileLocked(place, async () => {
      await cp(place, repaired, { recursive: true, errorOnExist: true, force: false, filter: (source) => !FILE_SERVER.includes(relative(place, source)) })
      await repairDatabase(repaired)
      await rename(place, former)
      await rename(repaired, place)
      for (const name of FILE_SERVER) await rename(join(former, name), join(place, name)).catch(ignoreMissing)
    })
  } catch (error) {
    await rm(repaired, { recursive: true, force: true })
    throw new Error(isLocked(error) ? inUse(folder) : `the data folder ${folder} cannot be repaired: ${reasonOf(error)}`, { cause: error })
  }
  return former
}

/** What the system says, in words. */
const REASONS: Readonly<Record<string, string>> = {
  EEXIST: 'it is a file',
  ENOTDIR: 'a part of its path is a file',
  EACCES: 'it may not be read or written',
  EPERM: 'it may not be read or written',
  EROFS: 'its disk is read-only',
  ENOENT: 'it is not there',
  ENOSPC: 'its disk is full',
}

/** Why something failed, as LevelDB or the system says it. */
export function reasonOf(error: unknown): string {
  const cause = causeOf(error)
  if (!(cause instanceof Error)) return String(cause)
  return REASONS['code' in cause ? String(cause.code) : ''] ?? cause.message
}

async function repairDatabase(folder: string): Promise<void> {
  await ClassicLevel.repair(folder)
  await rewriteTables(folder)
  // what LevelDB could not read, and has left as it was
  for (const file of await readdir(folder)) {
    if (!TABLE.test(file) || findTableDamage(await readFile(join(folder, file))) === undefined) continue
    await rm(join(folder, file))
    await ClassicLevel.repair(folder)
  }
}

/** Makes new tables of what can be read in the old ones. */
async function rewriteTables(folder: string): Promise<void> {
  const db = new ClassicLevel<string, string>(folder, DATABASE_OPTIONS)
  await db.open()
  try {
    await refuseForeign(db)
    await db.compactRange('!', '~')
  } finally {
    await db.close()
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}

/** LevelDB repairs a folder also while another process has it open. So a database elsewhere takes the same lock first. */
async function whileLocked(folder: string, work: () => Promise<void>): Promise<void> {
  const elsewhere = await mkdtemp(join(tmpdir(), 'gateway-lock-'))
  try {
    await symlink(join(folder, 'LOCK'), join(elsewhere, 'LOCK'))
    const holder = new ClassicLevel(elsewhere)
    await holder.open()
    try {
      await work()
    } finally {
      await holder.close()
    }
  } finally {
    await rm(elsewhere, { recursive: true, force: true })
  }
}

/** LevelDB gives its reason as the cause of an error that only says what failed. */
function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Error ? error.cause : error
}

export function inUse(folder: string): string {
  return `the data folder ${folder} is in use by another gateway`
}

/** Whether another process has the database open. */
export function isLocked(error: unknown): boolean {
  const cause = causeOf(error)
  return cause instanceof Error && 'code' in cause && cause.code === 'LEVEL_LOCKED'
}
