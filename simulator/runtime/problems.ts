/** The errors of the running program, in order. Every test ends by asserting that there are none. */

/** One line of the program's console. */
export interface ConsoleLine {
  /** 'problem': an error that a healthy program never has, including console.error. */
  readonly level: 'log' | 'info' | 'debug' | 'warn' | 'problem'
  readonly text: string
}

/** In a development build uni-app's own wrapper of createIntersectionObserver iterates over the component's keys, and Vue warns about it. */
const UNI_APPS_OWN = /enumerating keys on a component instance/

export class Problems {
  readonly list: string[] = []
  /** Receives each line of the console and each problem. */
  onLine: ((line: ConsoleLine) => void) | undefined
  private readonly listeners: ((error: { message: string; stack: string }) => void)[] = []

  add(message: string): void {
    this.list.push(message)
    this.onLine?.({ level: 'problem', text: message })
  }

  /** An uncaught error. The app's onError listeners receive it, as in WeChat. */
  uncaught(error: unknown): void {
    const { message, stack } = describe(error)
    this.add(`uncaught: ${stack}`)
    for (const listener of this.listeners) listener({ message, stack })
  }

  onUncaught(listener: (error: { message: string; stack: string }) => void): void {
    this.listeners.push(listener)
  }

  /** Calls into the app. Errors that it throws count as uncaught. */
  guard<Arguments extends unknown[], Result>(call: (...args: Arguments) => Result): (...args: Arguments) => Result | undefined {
    return (...args) => {
      try {
        return call(...args)
      } catch (error) {
        this.uncaught(error)
        return undefined
      }
    }
  }

  /** The app's console: errors and Vue's warnings are problems. */
  console(): Pick<Console, 'log' | 'info' | 'debug' | 'warn' | 'error' | 'group' | 'groupEnd' | 'table' | 'trace'> {
    const quiet = () => undefined
    const say = (level: ConsoleLine['level']) => (...args: unknown[]) => this.onLine?.({ level, text: text(args) })
    const text = (args: unknown[]) => args.map((arg) => (typeof arg === 'string' ? arg : describe(arg).stack)).join(' ')
    return {
      log: say('log'),
      info: say('info'),
      debug: say('debug'),
      group: quiet,
      groupEnd: quiet,
      table: quiet,
      trace: quiet,
      warn: (...args: unknown[]) => {
        if (text(args).includes('[Vue warn]') && !UNI_APPS_OWN.test(text(args))) this.add(`console.warn: ${text(args)}`)
        else say('warn')(...args)
      },
      error: (...args: unknown[]) => this.add(`console.error: ${text(args)}`),
    }
  }
}

/** Errors from another realm are not `instanceof Error` here. */
export function describe(error: unknown): { message: string; stack: string } {
  if (typeof error === 'object' && error !== null) {
    const { message, stack } = error as { message?: unknown; stack?: unknown }
    if (typeof message === 'string') {
      const trace = typeof stack === 'string' ? stack : ''
      return { message, stack: trace.includes(message) ? trace : `${message}\n${trace}` }
    }
    try {
      return { message: JSON.stringify(error), stack: JSON.stringify(error) }
    } catch {
      return { message: String(error), stack: String(error) }
    }
  }
  return { message: String(error), stack: String(error) }
}
