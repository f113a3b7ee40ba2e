/** The start of a program: what it reads and sends until its first page can be read, and how long that takes. */
import { performance } from 'node:perf_hooks'
import { startInNode, type StartOptions } from '../../tests/miniprogram/harness/driver'
import { until } from './cost'
import { Reads } from './reads'

export interface FirstPaint {
  /** Of all that was sent by then. */
  readonly calls: number
  readonly bytes: number
  /** From files, by then. */
  readonly readBytes: number
  /** From the launch, the start of the platform's own framework included. */
  readonly ms: number
  /** What the processor did meanwhile: of all times the one that other programs disturb least. */
  readonly cpuMs: number
}

/** @param testId what stands on the first page once it is there */
export async function firstPaint(options: StartOptions, testId = 'conversation-row'): Promise<FirstPaint> {
  const reads = new Reads()
  const began = performance.now()
  const cpuBegan = process.cpuUsage()
  const phone = await startInNode({ ...options, disk: reads.counted })
  try {
    const ms = await until(phone, async () => (await phone.count(testId)) > 0, began)
    const { user, system } = process.cpuUsage(cpuBegan)
    const { calls, bytes } = await phone.stats()
    return { calls, bytes, readBytes: reads.bytes, ms, cpuMs: (user + system) / 1_000 }
  } finally {
    await phone.close()
  }
}
