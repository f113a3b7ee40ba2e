/** Names of chunks: their order, and ranges of chunks. */
import type { ChunkRange } from '@/src/chat/timeline/chunk'
import { parseChunkName } from '@/src/stores/chat/threads/thread-window'

/** The chunk's index. */
export function indexOf(name: string): number {
  return parseChunkName(name).index
}

export function inOrder(names: readonly string[]): string[] {
  return [...names].sort((a, b) => indexOf(a) - indexOf(b))
}

/** The range from the first to the last of `names`, which are in order. Empty for none. */
export function rangeOf(names: readonly string[]): ChunkRange {
  const [first] = names
  const last = names[names.length - 1]
  return first === undefined || last === undefined ? { from: 0, to: 0 } : { from: indexOf(first), to: indexOf(last) + 1 }
}
