/** All benchmarks, in the order in which they run. */
import { baseline } from './baseline'
import type { Benchmark } from './bench'
import { miniProgram } from './mini-program'
import { heap } from './mini-program/heap'
import { start } from './mini-program/start-bench'
import { size } from './size'

export const benchmarks: readonly Benchmark[] = [
  ...miniProgram,
  start,
  heap,
  baseline,
  size,
]
