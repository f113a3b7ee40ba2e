/** Lets a few jobs run at a time. The others wait in their order, up to a number. */
export class Turns {
  private running = 0
  private readonly waiting: (() => void)[] = []

  /** @param onFull makes the error for a job that finds no place */
  constructor(
    private readonly runningMax: number,
    private readonly waitingMax: number,
    private readonly onFull: () => Error,
  ) {}

  async run<T>(job: () => Promise<T>): Promise<T> {
    if (this.running >= this.runningMax) {
      if (this.waiting.length >= this.waitingMax) throw this.onFull()
      await new Promise<void>((resolve) => this.waiting.push(resolve))
    } else this.running++
    try {
      return await job()
    } finally {
      // The place goes to the next one, so `running` stays.
      const next = this.waiting.shift()
      if (next) next()
      else this.running--
    }
  }
}
