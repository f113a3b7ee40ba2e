/**
 * Finds damage in a table of LevelDB. LevelDB has a checksum for each block and does not look at it when it reads; a changed
 * byte would be a changed or a missing message. Format: blocks, each followed by its compression (1 byte) and its checksum
 * (4 bytes); at the end where to find the list of blocks, and a mark. A compressed list is not read, so that of tables
 * written by earlier versions only the list itself is checked.
 */
import { ByteReader } from './byte-reader'
import { hasChecksum } from './checksum'

const FOOTER_BYTES = 48
const MARK = Buffer.from('57fb808b247547db', 'hex')
const TRAILER_BYTES = 5
const UNCOMPRESSED = 0

/** Where a block is, without its trailer. */
interface Handle {
  readonly offset: number
  readonly size: number
}

/** The offset of the first block that is damaged; undefined: all are good. */
export function findTableDamage(table: Buffer): number | undefined {
  const footer = table.length - FOOTER_BYTES
  if (footer < 0 || !table.subarray(-MARK.length).equals(MARK)) return Math.max(0, footer)
  const reader = new ByteReader(table.subarray(footer))
  const lists = [readHandle(reader), readHandle(reader)]
  const damaged = lists.flatMap((list) => (isGood(table, list) ? blocksIn(table, list).filter((block) => !isGood(table, block)) : [list]))
  return damaged.length === 0 ? undefined : Math.min(footer, ...damaged.map(({ offset }) => offset))
}

function isGood(table: Buffer, { offset, size }: Handle): boolean {
  const end = offset + size
  return end + TRAILER_BYTES <= table.length && hasChecksum(table.subarray(offset, end + 1), table.readUInt32LE(end + 1))
}

/** The blocks that a list names: its entries are the lengths of their parts, a key, and a handle; then come offsets into itself. */
function blocksIn(table: Buffer, { offset, size }: Handle): Handle[] {
  if (table[offset + size] !== UNCOMPRESSED) return []
  const list = table.subarray(offset, offset + size)
  const restarts = list.readUInt32LE(list.length - 4)
  const reader = new ByteReader(list.subarray(0, list.length - 4 * (restarts + 1)))
  const blocks: Handle[] = []
  while (!reader.isAtEnd) {
    reader.number()
    const keyBytes = reader.number()
    reader.number()
    reader.skip(keyBytes)
    blocks.push(readHandle(reader))
  }
  return blocks
}

function readHandle(reader: ByteReader): Handle {
  return { offset: reader.number(), size: reader.number() }
}
