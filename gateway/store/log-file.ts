/**
 * Finds damage in a log file of LevelDB, which LevelDB itself skips without a word. A file that ends within a record is no
 * damage: the process or the machine ended while it wrote. Format: blocks of 32 KB with records of checksum (CRC32C, 4 bytes),
 * length (2 bytes), type (1 byte) and content; a block's last bytes are zeros when no head of a record fits.
 */
import { hasChecksum } from './checksum'

const BLOCK_BYTES = 32_768
const HEAD_BYTES = 7
/** A record, or a part of one that is longer than its block; 0 is space that was reserved and not used. */
const TYPE = { full: 1, first: 2, middle: 3, last: 4 } as const

/** The offset of the first record that is damaged; undefined: all are good. */
export function findLogDamage(log: Buffer): number | undefined {
  for (let start = 0; start < log.length; start += BLOCK_BYTES) {
    const block = log.subarray(start, start + BLOCK_BYTES)
    const end = goodUpTo(block)
    const isTorn = start + block.length === log.length && !hasRecordAfter(block, end)
    if (end < block.length - HEAD_BYTES + 1 && !isTorn) return start + end
  }
  return undefined
}

/** The contents of all records that are good. */
export function* readRecords(log: Buffer): Iterable<Buffer> {
  let parts: Buffer[] = []
  for (let start = 0; start < log.length; start += BLOCK_BYTES) {
    for (const { type, content } of goodPieces(log.subarray(start, start + BLOCK_BYTES))) {
      if (type === TYPE.full || type === TYPE.first) parts = []
      parts.push(content)
      if (type === TYPE.full || type === TYPE.last) yield Buffer.concat(parts)
    }
  }
}

/** Where the run of good records at the beginning of a block ends. */
function goodUpTo(block: Buffer): number {
  let end = 0
  for (const piece of goodPieces(block)) end = piece.end
  return end
}

/** The run of good records at the beginning of a block, and of unused space, which is of type 0. */
function* goodPieces(block: Buffer): Iterable<{ type: number; content: Buffer; end: number }> {
  for (let at = 0; isEmpty(block, at) || isRecord(block, at); ) {
    const end = at + HEAD_BYTES + block.readUInt16LE(at + 4)
    yield { type: block.readUInt8(at + 6), content: block.subarray(at + HEAD_BYTES, end), end }
    at = end
  }
}

/** Whether what breaks off at `from` is complete, and so damaged, or is followed by something good. */
function hasRecordAfter(block: Buffer, from: number): boolean {
  if (from + HEAD_BYTES > block.length) return false
  const length = block.readUInt16LE(from + 4)
  if (from + HEAD_BYTES + length <= block.length && block[from + 6] !== 0) return true
  for (let at = from + 1; at + HEAD_BYTES <= block.length; at++) if (isRecord(block, at)) return true
  return false
}

function isEmpty(block: Buffer, at: number): boolean {
  return at + HEAD_BYTES <= block.length && block.subarray(at, at + HEAD_BYTES).every((byte) => byte === 0)
}

function isRecord(block: Buffer, at: number): boolean {
  if (at + HEAD_BYTES > block.length) return false
  const length = block.readUInt16LE(at + 4)
  const type = block[at + 6] ?? 0
  if (type < 1 || type > TYPE.last || at + HEAD_BYTES + length > block.length) return false
  return hasChecksum(block.subarray(at + 6, at + HEAD_BYTES + length), block.readUInt32LE(at))
}
