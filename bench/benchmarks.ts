/** The benchmarks, in the order in which they run. */
import { baseline } from './baseline'
import type { Benchmark } from './bench'
import { fanout } from './gateway/fanout'
import { idle } from './gateway/idle'
import { media } from './gateway/media'
import { peer } from './gateway/peer'
import { jump as h5Jump } from './h5/jump'
import { open } from './h5/open'
import { scroll } from './h5/scroll'
import { idsFind } from './ids-find'
import { ingest } from './ingest'
import { miniProgram } from './mini-program'
import { heap } from './mini-program/heap'
import { image } from './mini-program/image'
import { jump as miniProgramJump } from './mini-program/jump'
import { start } from './mini-program/start-bench'
import { size } from './size'

/** The benchmarks whose budgets a change of the client can break, and the list they are compared with. */
export const ofClient: readonly Benchmark[] = [
  // In a fresh process: after the mini programs, garbage collection takes half of the time.
  ingest,
  idsFind,
  ...miniProgram,
  miniProgramJump,
  image,
  start,
  heap,
  baseline,
  size,
  open,
  h5Jump,
  scroll,
]

export const ofGateway: readonly Benchmark[] = [peer, fanout, idle, media]
