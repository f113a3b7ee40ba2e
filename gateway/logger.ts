import type { Clock } from '../src/chat/time/clock'
import { nodeClock } from './clock'

/** What the gateway tells its operator. `details` are ids, counts and errors; never message texts, tokens or secrets. */
export interface Logger {
  debug(message: string, details?: Readonly<Record<string, unknown>>): void
  info(message: string, details?: Readonly<Record<string, unknown>>): void
  warn(message: string, details?: Readonly<Record<string, unknown>>): void
  error(message: string, details?: Readonly<Record<string, unknown>>): void
}

const LEVELS = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof LEVELS)[number]

/** A failure is written out once in this time; how often it came again is said at its end. */
const REPEATED_FAILURE_MS = 60_000
/** Different failures that are counted at a time; further ones are all written out. */
const COUNTED_FAILURES_MAX = 100

/**
 * Lines of `time level message {details}` from `level` upwards, by default on standard error: standard output is for `listening ...`. A failing
 * disk fails at every message: the same failure (message and `details.error`) is written once a minute, with its number.
 */
export function createLogger(level: LogLevel, write: (line: string) => void = (line) => void process.stderr.write(line), clock: Clock = nodeClock): Logger {
  const say = (name: LogLevel, message: string, details?: Readonly<Record<string, unknown>>) => {
    write(`${new Date(clock.now()).toISOString()} ${name} ${message}${details ? ` ${JSON.stringify(details, withErrors)}` : ''}\n`)
  }
  const repeated = new Map<string, number>()
  /** Whether this failure has just been written out; counts it if so. */
  const isRepeated = (name: LogLevel, message: string, error: unknown): boolean => {
    const key = `${name} ${message} ${String(error)}`
    const times = repeated.get(key)
    if (times !== undefined) repeated.set(key, times + 1)
    else if (repeated.size < COUNTED_FAILURES_MAX) {
      repeated.set(key, 0)
      const tell = () => {
        const again = repeated.get(key)
        repeated.delete(key)
        if (again) say(name, `${message}, ${again} more times in ${REPEATED_FAILURE_MS / 1_000} s`, { error: String(error) })
      }
      clock.after(REPEATED_FAILURE_MS, tell)
    }
    return times !== undefined
  }
  const at = (name: LogLevel) => (message: string, details?: Readonly<Record<string, unknown>>) => {
    if (LEVELS.indexOf(name) < LEVELS.indexOf(level)) return
    if (details && 'error' in details && isRepeated(name, message, details.error)) return
    say(name, message, details)
  }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

function withErrors(_key: string, value: unknown): unknown {
  return value instanceof Error ? (value.stack ?? value.message) : value
}
