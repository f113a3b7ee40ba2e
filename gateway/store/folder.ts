/** The data folder: whether it may be opened, who may read it, and what can be saved of a damaged one. */
import { chmod, cp, mkdir, readFile, readdir, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { ClassicLevel } from 'classic-level'
import { nodeClock } from '../clock'
import type { Logger } from '../logger'
import { findLogDamage } from './log-file'
import { findTableDamage } from './table-file'

/** Logs, tables, and the list of tables. */
const DATABASE_FILE = /\.(log|ldb|sst)$|^MANIFEST-/
/** Without compression: the lists in the tables can be read then, see {@link findTableDamage}. */
export const DATABASE_OPTIONS = { compression: false } as const
const TABLE_FILE = /\.(ldb|sst)$/

/** Makes the folder, or makes sure that it is its owner's alone. */
export async function claimFolder(folder: string, log: Logger): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  if (process.platform === 'win32' || ((await stat(folder)).mode & 0o077) === 0) return
  await chmod(folder, 0o700)
  log.warn('others could read the data folder: now its owner alone can', { folder })
}

/** What is damaged in the folder, in a few words; undefined: nothing that can be seen before it is opened. */
export async function damageIn(folder: string): Promise<string | undefined> {
  const files = await readdir(folder)
  if (!files.includes('CURRENT') && files.some((file) => DATABASE_FILE.test(file))) return 'its file CURRENT is missing'
  const [first] = await damagedFiles(folder)
  return first === undefined ? undefined : `its file ${first} is damaged`
}

async function damagedFiles(folder: string): Promise<string[]> {
  const damaged: string[] = []
  for (const file of await readdir(folder)) {
    const find = file.endsWith('.log') ? findLogDamage : TABLE_FILE.test(file) ? findTableDamage : undefined
    if (find?.(await readFile(join(folder, file))) !== undefined) damaged.push(file)
  }
  return damaged
}

/** Makes new tables of what can be read in the old ones. When LevelDB cannot do that, it leaves them as they are. */
async function rewriteTables(folder: string): Promise<void> {
  const db = new ClassicLevel<string, string>(folder, DATABASE_OPTIONS)
  await db.open()
  try {
    await db.compactRange('!', '~')
  } finally {
    await db.close()
  }
}

/**
 * Copies the folder, then keeps what can be read of it. Rejects with a sentence that names the folder.
 * @returns where the copy is
 */
export async function repairFolder(folder: string, now = nodeClock.now()): Promise<string> {
  const copy = `${resolve(folder)}.damaged-${new Date(now).toISOString().replaceAll(':', '-')}`
  try {
    await cp(folder, copy, { recursive: true, errorOnExist: true, force: false })
    await ClassicLevel.repair(folder)
    await rewriteTables(folder)
    for (const file of await damagedFiles(folder)) {
      await rm(join(folder, file))
      await ClassicLevel.repair(folder)
    }
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    throw new Error(`the data folder ${folder} cannot be repaired: ${cause instanceof Error ? cause.message : String(cause)}`, { cause: error })
  }
  return copy
}
