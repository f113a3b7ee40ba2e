/** Counts the setData calls from the logic layer to the view, and rejects those that WeChat rejects. */
import { utf8Length } from '@/src/chat/rtm-limits'
import type { SetDataStats } from '../drive/driver'
import type { Problems } from './problems'
import { tellProgram } from './view-messages'

/** WeChat transfers at most 1 MiB in one call. */
const SET_DATA_MAX_BYTES = 1_048_576
/** Above this number the oldest calls are dropped. */
const LOG_MAX_CALLS = 2_000
const LOG_MAX_LENGTH = 400

type SetData = (data: Record<string, unknown>, callback?: () => void) => void

export class SetDataMeter {
  private calls = 0
  private bytes = 0
  private max = 0
  private viewMs = 0
  private perComponent = new Map<string, number>()
  private log: { component: string; bytes: number; json: string }[] = []
  /** The layer that runs now, logic or view. A setData inside a setData must not count its time twice. */
  private inView = false
  private since = 0

  constructor(private readonly problems: Problems) {}

  /** `component`: the path under which it is counted. */
  wrap(component: string, setData: SetData): SetData {
    return (data, callback) => {
      const json = JSON.stringify(data)
      const bytes = utf8Length(json)
      this.count(component, bytes, json)
      if (bytes > SET_DATA_MAX_BYTES) {
        this.problems.add(`setData of ${bytes} bytes in ${component}: WeChat refuses more than ${SET_DATA_MAX_BYTES}`)
        return
      }
      this.during(true, () => setData(JSON.parse(json), callback && (() => tellProgram(callback))))
    }
  }

  /** Runs code of the app that the view called. Its time does not count as the view's. */
  logic<Result>(run: () => Result): Result {
    return this.during(false, run)
  }

  snapshot(): SetDataStats {
    return { calls: this.calls, bytes: this.bytes, max: this.max, viewMs: this.viewMs, perComponent: Object.fromEntries(this.perComponent), log: [...this.log] }
  }

  reset(): void {
    this.calls = this.bytes = this.max = this.viewMs = 0
    this.perComponent = new Map()
    this.log = []
  }

  private count(component: string, bytes: number, json: string): void {
    this.calls++
    this.bytes += bytes
    this.max = Math.max(this.max, bytes)
    this.perComponent.set(component, (this.perComponent.get(component) ?? 0) + 1)
    if (this.log.length === LOG_MAX_CALLS) this.log.shift()
    this.log.push({ component, bytes, json: json.slice(0, LOG_MAX_LENGTH) })
  }

  private during<Result>(view: boolean, run: () => Result): Result {
    const before = this.switchTo(view)
    try {
      return run()
    } finally {
      this.switchTo(before)
    }
  }

  private switchTo(view: boolean): boolean {
    const now = performance.now()
    if (this.inView) this.viewMs += now - this.since
    this.since = now
    const before = this.inView
    this.inView = view
    return before
  }
}
