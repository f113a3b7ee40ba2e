/** The names of values on disk, and keys whose order as text is the order of time, in microseconds of the clock. */
const DIGITS = 16

/** What is kept, each kind under a prefix of its own. `users` was written by earlier versions. */
export const TABLES = ['meta', 'queues', 'rings', 'channels', 'members', 'users', 'garbled'] as const
export type Table = (typeof TABLES)[number]

/** The key that follows `last` ('': there is none yet). */
export function nextKey(last: string, now: number): string {
  return orderedKey(Math.max(now * 1000, Number(last) + 1))
}

/** A number up to 2^53 as text of one length. */
export function orderedKey(value: number): string {
  return String(value).padStart(DIGITS, '0')
}

export function prefixOf(table: Table): string {
  return `!${table}!`
}

export function queueKey(receiver: string, key: string): string {
  return `${prefixOf('queues')}${hex(receiver)}:${key}`
}

export function recentKey(ch: string, seq: number): string {
  return `${prefixOf('rings')}${hex(ch)}:${orderedKey(seq)}`
}

export function channelKey(ch: string): string {
  return `${prefixOf('channels')}${hex(ch)}`
}

export function membersKey(uid: string): string {
  return `${prefixOf('members')}${hex(uid)}`
}

export function metaKey(name: string): string {
  return `${prefixOf('meta')}${name}`
}

/** A key on disk in its parts: the id, and its place in the queue or among the recent messages ('' where there is none). */
export function readKey(key: string): { table: Table; id: string; place: string } | undefined {
  const table = TABLES.find((name) => key.startsWith(prefixOf(name)))
  if (table === undefined) return undefined
  const [id = '', place = ''] = key.slice(prefixOf(table).length).split(':')
  return { table, id: Buffer.from(id, 'hex').toString(), place }
}

/** An id as a name on disk: `:` and the digits of a place may follow it. */
function hex(id: string): string {
  return Buffer.from(id).toString('hex')
}
