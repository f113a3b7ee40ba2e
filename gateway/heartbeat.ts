/** One timer for all connections: pings them, and closes those that have gone silent or do not log in. */
import { every, type Cancel, type Clock } from '../src/chat/time/clock'
import { CLOSE_CODE } from '../src/rtm/local/frames'
import type { Client } from './client'
import type { GatewayTiming } from './options'

/** Starts the timer; the returned function stops it. */
export function startHeartbeat(clients: ReadonlySet<Client>, timing: GatewayTiming, clock: Clock): Cancel {
  let lastBeat = clock.elapsed()
  return every(clock, timing.pingIntervalMs, () => {
    const now = clock.elapsed()
    // a process that was stopped for a while has heard nobody: that is not their silence
    const slept = now - lastBeat > timing.pingTimeoutMs
    lastBeat = now
    for (const { connection, session } of clients) {
      if (slept) connection.heard()
      if (!session && now - connection.openedAt > timing.loginTimeoutMs) connection.close(CLOSE_CODE.SILENT, 'no login came')
      else if (now - connection.heardAt > timing.pingTimeoutMs) connection.close(CLOSE_CODE.SILENT, 'nothing was heard')
      else connection.ping()
    }
  })
}
