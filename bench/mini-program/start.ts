/** The start of a program: what it reads and sends until its first page is readable, and how long that takes. */
import { performance } from 'node:perf_hooks'
import { openDiskStorage } from '../../tests/support/disk-storage'
import { startInNode, type MiniProgram, type StartOptions } from '../../simulator/drive/driver'
import { until } from './cost'
import { Reads } from './reads'

/** All of them since the launch. */
export interface Reached {
  readonly calls: number
  readonly bytes: number
  /** Read from files. */
  readonly readBytes: number
  /** Including the start of the platform's own framework. */
  readonly ms: number
  /** Processor time in that period: the figure that other programs disturb least. */
  readonly cpuMs: number
}

/** The test ids of rows of the conversation list, and of its launch snapshot. */
export const FIRST_ROWS = ['conversation-row', 'snapshot-row'] as const

export interface Start {
  /** The first paint. */
  readonly painted: Reached
  /** The program's own list has replaced the snapshot. */
  readonly listed: Reached | undefined
}

/**
 * One start.
 * @param painted the test ids of which one is on the first page once it is painted
 * @param isListed whether the program's own list is rendered, if the first paint does not have it
 */
export async function startOf(options: StartOptions, painted: readonly string[] = FIRST_ROWS, isListed?: (phone: MiniProgram) => Promise<boolean>): Promise<Start> {
  const reads = new Reads()
  const began = performance.now()
  const cpuBegan = process.cpuUsage()
  const phone = await startInNode({ ...options, disk: reads.counted })
  const reached = async (isShown: (phone: MiniProgram) => Promise<boolean>): Promise<Reached> => {
    const ms = await until(phone, () => isShown(phone), began)
    const { user, system } = process.cpuUsage(cpuBegan)
    const { calls, bytes } = await phone.stats()
    return { calls, bytes, readBytes: reads.bytes, ms, cpuMs: (user + system) / 1_000 }
  }
  try {
    return { painted: await reached((started) => hasAny(started, painted)), listed: isListed && (await reached(isListed)) }
  } finally {
    await phone.close()
  }
}

async function hasAny(phone: MiniProgram, testIds: readonly string[]): Promise<boolean> {
  for (const testId of testIds) if ((await phone.count(testId)) > 0) return true
  return false
}

/** The conversation list itself is rendered, and the snapshot is gone. */
export async function hasList(phone: MiniProgram): Promise<boolean> {
  return (await phone.count('conversation-list')) > 0 && (await phone.count('first-screen')) === 0
}

/** Uses the product on a phone for a moment, so that it saves its launch snapshot for the next start. */
export async function useOnce(options: StartOptions & { readonly dir: string }): Promise<void> {
  const phone = await startInNode(options)
  try {
    await phone.waitFor('the list', () => hasList(phone))
    await phone.waitFor('a first screen that is kept', async () => openDiskStorage(options.dir).key('first-screen') !== '')
  } finally {
    await phone.close()
  }
}
