/** All benchmarks, in the order in which they run. */
import type { Benchmark } from './bench'
import { fanout } from './gateway/fanout'
import { idle } from './gateway/idle'
import { peer } from './gateway/peer'
import { open } from './h5/open'
import { scroll } from './h5/scroll'
import { ingest } from './ingest'

export const benchmarks: readonly Benchmark[] = [
  ingest,
  peer,
  fanout,
  idle,
  open,
  scroll,
]
