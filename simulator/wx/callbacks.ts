/** How WeChat's asynchronous functions answer: through success, fail and complete, or with a promise if none of them is given. */
import type { Problems } from '../runtime/problems'

export type Options = Record<string, unknown>
type Callback = (result: Options) => void

/** Why a function of wx failed. Its message follows `<name>:fail ` in errMsg. */
export class WxFailure extends Error {
  constructor(
    message: string,
    readonly errno?: number,
  ) {
    super(message)
  }
}

/** `wx[name]`, which runs `run` in a later task, as WeChat does: if the program is killed before the callback, the call may have had no effect. */
export function asyncApi(problems: Problems, name: string, run: (options: Options) => Options | void | Promise<Options | void>): (options?: Options) => Promise<Options> | undefined {
  return (options = {}) => {
    const { success, fail, complete } = options as { success?: Callback; fail?: Callback; complete?: Callback }
    const result = later(() => run(options)).then(
      (value) => ({ ok: true, result: { errMsg: `${name}:ok`, ...value } }),
      (error: unknown) => ({ ok: false, result: failure(name, error) }),
    )
    if (!success && !fail && !complete) {
      return result.then(({ ok, result: answer }) => {
        if (ok) return answer
        throw answer
      })
    }
    void result.then(({ ok, result: answer }) => {
      problems.guard(() => (ok ? success : fail)?.(answer))()
      problems.guard(() => complete?.(answer))()
    })
    return undefined
  }
}

/** `wx[name + 'Sync']`: throws an Error whose message is the errMsg. */
export function syncApi<Arguments extends unknown[], Result>(name: string, run: (...args: Arguments) => Result): (...args: Arguments) => Result {
  return (...args) => {
    try {
      return run(...args)
    } catch (error) {
      const { errMsg, errno } = failure(name, error)
      throw Object.assign(new Error(String(errMsg)), { errMsg, errno })
    }
  }
}

/**
 * Like asyncApi, for functions that change the disk: the callback comes when the change is durable. `settled` is the host's; without it every change is
 * durable at once.
 */
export function durably<Result extends Options | void>(settled: (() => Promise<void>) | undefined, run: (options: Options) => Result): (options: Options) => Result | Promise<Result> {
  if (!settled) return run
  return async (options) => {
    const result = run(options)
    await settled()
    return result
  }
}

/** The options without callbacks, as plain JSON. */
export function plainOptions(options: unknown): Options {
  const json = JSON.stringify(options ?? {}, (_key, value: unknown) => (typeof value === 'function' ? undefined : value))
  return JSON.parse(json) as Options
}

/** WeChat's messages for disk errors, by Node's code. */
const DISK_FAILURES: Readonly<Record<string, WxFailure>> = {
  EIO: new WxFailure('Input/output error', 1_300_005),
  ENOSPC: new WxFailure('the maximum size of the file storage limit is exceeded', 1_300_202),
}

function failure(name: string, error: unknown): Options {
  const ofDisk = DISK_FAILURES[String((error as { code?: unknown } | undefined)?.code)]
  if (ofDisk) return failure(name, ofDisk)
  if (error instanceof WxFailure) return { errMsg: `${name}:fail ${error.message}`, ...(error.errno === undefined ? {} : { errno: error.errno }) }
  throw error
}

function later<Result>(run: () => Result | Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    setTimeout(() => {
      try {
        resolve(run())
      } catch (error) {
        reject(error as Error)
      }
    })
  })
}
