/** What the gateway tells its operator. `details` are ids, counts and errors; never message texts, tokens or secrets. */
export interface Logger {
  debug(message: string, details?: Readonly<Record<string, unknown>>): void
  info(message: string, details?: Readonly<Record<string, unknown>>): void
  warn(message: string, details?: Readonly<Record<string, unknown>>): void
  error(message: string, details?: Readonly<Record<string, unknown>>): void
}

const LEVELS = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof LEVELS)[number]

/** Lines of `time level message {details}` from `level` upwards, by default on standard error: standard output is for `listening ...`. */
export function createLogger(level: LogLevel, write: (line: string) => void = (line) => void process.stderr.write(line)): Logger {
  const at = (name: LogLevel) => (message: string, details?: Readonly<Record<string, unknown>>) => {
    if (LEVELS.indexOf(name) < LEVELS.indexOf(level)) return
    write(`${new Date().toISOString()} ${name} ${message}${details ? ` ${JSON.stringify(details, withErrors)}` : ''}\n`)
  }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

function withErrors(_key: string, value: unknown): unknown {
  return value instanceof Error ? (value.stack ?? value.message) : value
}
