/** What the user gives when the program asks for it: prepared by a test, or given while the program waits. */
export class Choices<Choice> {
  private readonly prepared: (Choice | 'cancel')[] = []
  private readonly waiting: ((choice: Choice | 'cancel') => void)[] = []

  /** Answers the call that waits the longest, or the next one. */
  give(choice: Choice | 'cancel'): void {
    const next = this.waiting.shift()
    if (next) next(choice)
    else this.prepared.push(choice)
  }

  next(): Promise<Choice | 'cancel'> {
    const choice = this.prepared.shift()
    return choice === undefined ? new Promise((resolve) => this.waiting.push(resolve)) : Promise.resolve(choice)
  }
}
