/** Runs what concerns one key one after the other, and different keys side by side. */
export class Serial {
  private readonly tails = new Map<string, Promise<unknown>>()

  /** Starts `job` at once when nothing runs for `key`, else after what was asked before. */
  run<T>(key: string, job: () => Promise<T>): Promise<T> {
    const tail = this.tails.get(key)
    const done = tail ? tail.then(job, job) : job()
    this.tails.set(key, done)
    const forget = () => {
      if (this.tails.get(key) === done) this.tails.delete(key)
    }
    done.then(forget, forget)
    return done
  }

  /** Resolves when nothing runs any more. */
  async idle(): Promise<void> {
    while (this.tails.size > 0) await Promise.allSettled(this.tails.values())
  }
}
