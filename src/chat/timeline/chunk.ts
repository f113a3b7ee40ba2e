/** A thread is rendered in chunks of its log: chunk k has the messages with k * CHUNK_SIZE <= seq < (k + 1) * CHUNK_SIZE. */
export const CHUNK_SIZE = 20

/** Chunk indexes, `from <= index < to`. */
export interface ChunkRange {
  readonly from: number
  readonly to: number
}

export function chunkOf(seq: number): number {
  return Math.floor(seq / CHUNK_SIZE)
}

/** The seqs of a range of chunks, `from <= seq < to`: the range to read from storage. */
export function seqsOf(range: ChunkRange): ChunkRange {
  return { from: range.from * CHUNK_SIZE, to: range.to * CHUNK_SIZE }
}
