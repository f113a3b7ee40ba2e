/** A word to avoid: its offset in the text, and what to write instead. */
export interface AvoidedWord {
  readonly index: number
  readonly word: string
  readonly instead: string
}

export function avoidedWords(text: string): AvoidedWord[]
export function avoidedNames(name: string): AvoidedWord[]
