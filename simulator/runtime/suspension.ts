/** WeChat stops the logic layer of a program that has been hidden for 5 s. Its callbacks run when it is shown again. */

export class Suspension {
  private isSuspended = false
  private held: (() => void)[] = []

  /** Returns the same function, but a call while the program is suspended waits. */
  wrap<Arguments extends unknown[]>(call: (...args: Arguments) => void): (...args: Arguments) => void {
    return (...args) => {
      if (this.isSuspended) this.held.push(() => call(...args))
      else call(...args)
    }
  }

  /** Like `wrap`, for intervals: however often it was due, it runs once. */
  wrapRepeated(call: () => void): () => void {
    return () => {
      if (!this.isSuspended) call()
      else if (!this.held.includes(call)) this.held.push(call)
    }
  }

  suspend(): void {
    this.isSuspended = true
  }

  resume(): void {
    this.isSuspended = false
    for (const call of this.held.splice(0)) call()
  }
}
