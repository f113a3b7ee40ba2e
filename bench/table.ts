/** The readable form of results: a line each, with the limit of a figure after it. */
import type { Budget, Result } from './bench'

const NAME_WIDTH = 26
const N_WIDTH = 9

export function headline(): string {
  return `${'what'.padEnd(NAME_WIDTH)}${'n'.padStart(N_WIDTH)}  figures (budget)`
}

export function row({ name, n, figures }: Result, budgets: readonly Budget[]): string {
  const texts = Object.entries(figures).map(([figure, value]) => {
    const budget = budgets.find((one) => one.name === name && one.figure === figure)
    const limit = budget?.atMost !== undefined ? ` (≤ ${budget.atMost})` : budget?.atLeast !== undefined ? ` (≥ ${budget.atLeast})` : ''
    return `${figure} ${readable(value)}${limit}`
  })
  return `${name.padEnd(NAME_WIDTH)}${(n === undefined ? '' : String(n)).padStart(N_WIDTH)}  ${texts.join(' · ')}`
}

function readable(value: number): string {
  return Number.isInteger(value) || Math.abs(value) >= 1_000 ? String(Math.round(value)) : value.toPrecision(3)
}
