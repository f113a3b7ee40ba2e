/** A benchmark measures one part of the product and yields a line for every figure of `npm run bench`. */

/** One line: a name, the parameter it was measured with, and figures whose names give the unit (`bytes`, `ms`, `perSecond`, …). */
export interface Result {
  readonly name: string
  /** The number of messages, members or connections it was measured with, if that matters. */
  readonly n?: number
  readonly figures: Readonly<Record<string, number>>
}

/** A limit on a figure. */
export interface Budget {
  readonly name: string
  readonly figure: string
  readonly atMost?: number
  readonly atLeast?: number
}

export interface Benchmark {
  /** The names of all its results. `--only` selects by them. */
  readonly names: readonly string[]
  readonly budgets: readonly Budget[]
  /** @param options.quick a short form that only shows that it works; its figures mean little */
  run(options: BenchOptions): AsyncIterable<Result>
}

export interface BenchOptions {
  readonly quick: boolean
}

/** The budgets that `result` exceeds, as sentences. */
export function broken({ name, n, figures }: Result, budgets: readonly Budget[]): string[] {
  return budgets
    .filter((budget) => budget.name === name)
    .flatMap(({ figure, atMost, atLeast }) => {
      const value = figures[figure]
      const where = `${name}${n === undefined ? '' : ` (n = ${n})`}: ${figure}`
      if (value === undefined || Number.isNaN(value)) return [`${where} was not measured`]
      if (atMost !== undefined && value > atMost) return [`${where} ${value} is over its budget of ${atMost}`]
      if (atLeast !== undefined && value < atLeast) return [`${where} ${value} is under its aim of ${atLeast}`]
      return []
    })
}
