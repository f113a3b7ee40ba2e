/** The cost of an event in a running mini program: the data that crosses to the view, and the time it takes. */
import { setImmediate as nextTask } from 'node:timers/promises'
import type { MiniProgram, SetDataStats } from '../../simulator/drive/driver'

export interface Cost {
  /** setData calls, and the UTF-8 bytes of their JSON, until no more follow. */
  readonly calls: number
  readonly bytes: number
  /** From the cause until its effect is visible. */
  readonly ms: number
}

/** The count ends after this time without a call, ms: a list measures itself 400 ms after it was moved. */
const QUIET_MS = 450
/** The same with a stepped clock: longer than any one-off delay of a phone or the gateway. */
const STEPPED_QUIET_MS = 5_000
const TIMEOUT_MS = 20_000

/** Runs `act` while the program is idle, waits until `shown` holds, and then until no more calls follow. */
export async function costOf(phone: MiniProgram, act: () => Promise<unknown>, shown: (stats: SetDataStats) => Promise<boolean>): Promise<Cost> {
  await phone.resetStats()
  const began = performance.now()
  await act()
  const ms = await until(phone, shown, began)
  const { calls, bytes } = await quiet(phone)
  return { calls, bytes, ms }
}

/** Checks at every task, so that the time is that of the task that showed it. Resolves to the real ms since `began`. */
export async function until(phone: MiniProgram, shown: (stats: SetDataStats) => Promise<boolean>, began: number): Promise<number> {
  if (phone.clock) {
    await phone.waitFor('what it shows', async () => shown(await phone.stats()))
    return performance.now() - began
  }
  const end = performance.now() + TIMEOUT_MS
  let seen = -1
  for (;;) {
    const stats = await phone.stats()
    // It is visible from now on. Looking for it takes the harness a few ms more, which a phone does not need.
    const ms = performance.now() - began
    // Without a setData call nothing has changed.
    if (stats.calls !== seen && (await shown(stats))) return ms
    seen = stats.calls
    if (performance.now() > end) throw new Error(`waited ${TIMEOUT_MS} ms in vain\n${await phone.tree()}\n${(await phone.problems()).join('\n')}`)
    await nextTask()
  }
}

export async function quiet(phone: MiniProgram): Promise<SetDataStats> {
  let before = await phone.stats()
  for (;;) {
    await phone.elapse(phone.clock ? STEPPED_QUIET_MS : QUIET_MS)
    const now = await phone.stats()
    if (now.calls === before.calls) return now
    before = now
  }
}
