/** Messages of a command to its user, in Chinese and in English. */
export interface Sentence {
  readonly zh: string
  readonly en: string
}

/** Both languages, Chinese first, one line each. */
export function both(sentence: Sentence): string {
  return `${sentence.zh}\n${sentence.en}`
}

/** Ends a command with a sentence that says why, without a stack. */
export class Refusal extends Error {
  constructor(readonly sentence: Sentence) {
    super(both(sentence))
    this.name = 'Refusal'
  }
}

/**
 * Runs a command's main function. A {@link Refusal} is printed as its sentence and ends the process with code 1. Any other error is a bug and keeps its
 * stack.
 */
export async function runCommand(main: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await main()
  } catch (error) {
    console.error(error instanceof Refusal ? error.message : error)
    process.exitCode = 1
  }
}
