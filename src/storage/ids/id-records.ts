/** The stored form of the ids of a log (docs/STORAGE.md): one record per complete page, `[page, hash, hash, …]`. */
import type { Message } from '@/src/chat/message/message'
import { hash32 } from '@/src/chat/util/hash'
import { PAGE_SIZE } from '../keys'
import type { Listed } from '../kv/key-value'

/** Pages of the log in one segment of the index: 5,000 messages, about 55 KB. */
export const SEGMENT_PAGES = 100

/** The ids of one page, in the order of its messages. */
export interface IdRecord {
  readonly page: number
  /** By position in the page. Null where the page has no message. */
  readonly hashes: readonly (number | null)[]
}

/** The number of the segment that has the ids of `page`. */
export function segmentOf(page: number): number {
  return Math.floor(page / SEGMENT_PAGES)
}

/** The hash of a message's author and id: an unsigned 32-bit number. */
export function idHash(from: string, id: string): number {
  return hash32(id, hash32(from))
}

/** The record of a page. `messages`: by seq. */
export function idRecordOf(page: number, messages: ReadonlyMap<number, Message>): IdRecord {
  const hashes: (number | null)[] = []
  for (let seq = page * PAGE_SIZE; seq < (page + 1) * PAGE_SIZE; seq++) {
    const message = messages.get(seq)
    hashes.push(message ? idHash(message.from, message.id) : null)
  }
  return { page, hashes }
}

/** The value to append to the segment. */
export function idRecordValue({ page, hashes }: IdRecord): unknown {
  return [page, ...hashes]
}

/** Reads the records of a segment, in order. Damaged ones are left out, so that their pages count as not indexed. */
export function parseIdRecords({ appended }: Listed, segment: number): IdRecord[] {
  return appended.flatMap((value) => {
    if (!Array.isArray(value) || value.length !== PAGE_SIZE + 1) return []
    const [page, ...hashes] = value as unknown[]
    if (!Number.isSafeInteger(page) || segmentOf(page as number) !== segment || !hashes.every(isHash)) return []
    return [{ page: page as number, hashes }]
  })
}

function isHash(value: unknown): value is number | null {
  return value === null || (Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 32)
}
