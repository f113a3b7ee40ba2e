/** All benchmarks, in the order in which they run. */
import type { Benchmark } from './bench'

export const benchmarks: readonly Benchmark[] = []
