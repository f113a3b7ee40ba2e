/** All benchmarks, in the order in which they run. */
import type { Benchmark } from './bench'
import { ingest } from './ingest'

export const benchmarks: readonly Benchmark[] = [
  ingest,
]
