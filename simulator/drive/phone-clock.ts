/** The time of one phone, as the program on it sees it: its timers and its `Date`. It follows real time until a test holds it. */
import { setImmediate as nextTask } from 'node:timers/promises'

interface Timer {
  readonly run: () => void
  readonly ms: number
  readonly repeats: boolean
  /** When it runs next, in ms of this clock. */
  due: number
  /** Runs it in real time, while the clock is not held. */
  wake?: NodeJS.Timeout
}

export class PhoneClock {
  /** By id, in the order in which they were started; an interval counts as started again each time it runs. */
  private readonly timers = new Map<number, Timer>()
  private lastId = 0
  private heldAt: number | undefined
  /** How many ms it is behind real time. */
  private behind = 0

  /** ms since 1970. */
  readonly now = (): number => this.heldAt ?? Date.now() - this.behind

  /** `RealDate` with this clock's time as the current time. */
  dateFrom(RealDate: DateConstructor): DateConstructor {
    return new Proxy(RealDate, {
      construct: (target, args, newTarget) => Reflect.construct(target, args.length > 0 ? args : [this.now()], newTarget) as Date,
      apply: () => new RealDate(this.now()).toString(),
      get: (target, name): unknown => (name === 'now' ? this.now : Reflect.get(target, name)),
    })
  }

  /** Starts a timer and returns its id. As in Node, `ms` is a whole number and at least 1. */
  start(run: () => void, ms = 1, repeats = false): number {
    const id = ++this.lastId
    this.add(id, { run, ms: Math.max(1, Math.trunc(ms) || 1), repeats, due: 0 })
    return id
  }

  cancel(id: number): void {
    clearTimeout(this.timers.get(id)?.wake)
    this.timers.delete(id)
  }

  cancelAll(): void {
    for (const id of this.timers.keys()) this.cancel(id)
  }

  /** Stops the phone's time. Sockets and HTTP requests go on: the program handles what they bring at the time that is held. */
  hold(): void {
    this.heldAt = this.now()
    for (const { wake } of this.timers.values()) clearTimeout(wake)
  }

  /** Moves held time on by `ms` and runs the timers that are due by then, the earliest first, also those that they start. */
  async step(ms: number): Promise<void> {
    const end = this.requireHeld() + ms
    for (;;) {
      // What a timer leaves to promises and immediates may start timers too.
      await nextTask()
      const next = this.earliest()
      if (!next || next[1].due > end) break
      this.heldAt = Math.max(this.requireHeld(), next[1].due)
      this.run(...next)
    }
    this.heldAt = end
  }

  /** Follows real time from the time that was held, without a leap. */
  release(): void {
    this.behind = Date.now() - this.requireHeld()
    this.heldAt = undefined
    for (const [id, timer] of this.timers) this.wake(id, timer, timer.due - this.now())
  }

  private requireHeld(): number {
    if (this.heldAt === undefined) throw new Error("the phone's clock is not held")
    return this.heldAt
  }

  private add(id: number, timer: Timer): void {
    timer.due = this.now() + timer.ms
    this.timers.set(id, timer)
    if (this.heldAt === undefined) this.wake(id, timer, timer.ms)
  }

  private wake(id: number, timer: Timer, ms: number): void {
    timer.wake = setTimeout(() => this.run(id, timer), ms)
  }

  private run(id: number, timer: Timer): void {
    this.timers.delete(id)
    if (timer.repeats) this.add(id, timer)
    timer.run()
  }

  private earliest(): [id: number, timer: Timer] | undefined {
    let earliest: [number, Timer] | undefined
    for (const entry of this.timers) if (!earliest || entry[1].due < earliest[1].due) earliest = entry
    return earliest
  }
}
