/** Doubles of the platform: its globals, and calls that end in `success` or `fail`. */
import { vi } from 'vitest'

interface Callbacks {
  success?: (result?: any) => void
  fail?: (failure: { errMsg: string }) => void
  complete?: () => void
}

/** A call of uni's that succeeds with `result`. */
export function succeeding(result: unknown = {}) {
  return vi.fn((options: Callbacks & Record<string, any>) => void queueMicrotask(() => end(options, () => options.success?.(result))))
}

/** A call of uni's that fails. */
export function failing(errMsg = 'call:fail') {
  return vi.fn((options: Callbacks & Record<string, any>) => void queueMicrotask(() => end(options, () => options.fail?.({ errMsg }))))
}

function end(options: Callbacks, tell: () => void): void {
  tell()
  options.complete?.()
}

/** `on<name>` and `off<name>` as in WeChat: off without a listener removes all. */
export function listening<T>(name: string) {
  let listeners: Array<(event: T) => void> = []
  return {
    emit: (event: T) => listeners.forEach((listener) => listener(event)),
    count: () => listeners.length,
    api: {
      [`on${name}`]: (listener: (event: T) => void) => void listeners.push(listener),
      [`off${name}`]: (listener?: (event: T) => void) => void (listeners = listener ? listeners.filter((each) => each !== listener) : []),
    },
  }
}
