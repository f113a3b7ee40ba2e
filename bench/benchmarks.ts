/** All benchmarks, in the order in which they run. */
import { baseline } from './baseline'
import type { Benchmark } from './bench'
import { fanout } from './gateway/fanout'
import { idle } from './gateway/idle'
import { peer } from './gateway/peer'
import { open } from './h5/open'
import { scroll } from './h5/scroll'
import { ingest } from './ingest'
import { miniProgram } from './mini-program'
import { heap } from './mini-program/heap'
import { start } from './mini-program/start-bench'
import { size } from './size'

export const benchmarks: readonly Benchmark[] = [
  ...miniProgram,
  start,
  heap,
  baseline,
  ingest,
  peer,
  fanout,
  idle,
  size,
  open,
  scroll,
]
