/** The clock of a gateway: no timer of its own keeps the process alive, its sockets do. */
import { systemClock, type Clock } from '../src/chat/time/clock'

export const nodeClock: Clock = {
  ...systemClock,
  after(ms, run) {
    const timer = setTimeout(run, ms).unref()
    return () => clearTimeout(timer)
  },
}
