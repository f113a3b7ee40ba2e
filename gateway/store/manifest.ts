/**
 * Reads the list of files of a LevelDB database, its MANIFEST: which tables it consists of, and from which log on it is to be
 * read. A program that was killed leaves other files as well, half written or not needed any more, which LevelDB deletes at the
 * next start.
 */
import { ByteReader } from './byte-reader'
import { readRecords } from './log-file'

export interface LiveFiles {
  /** Numbers of tables. */
  readonly tables: ReadonlySet<number>
  /** Logs with smaller numbers are in tables already. */
  readonly firstLog: number
}

/** What a record of the list says, by the number before it. */
const FIELD = { comparator: 1, log: 2, nextFile: 3, lastSequence: 4, compactPointer: 5, deletedTable: 6, newTable: 7, previousLog: 9 } as const

export function readManifest(manifest: Buffer): LiveFiles {
  const tables = new Set<number>()
  let [log, previousLog] = [0, 0]
  for (const record of readRecords(manifest)) {
    const reader = new ByteReader(record)
    while (!reader.isAtEnd) {
      switch (reader.number()) {
        case FIELD.comparator:
          reader.skipText()
          break
        case FIELD.log:
          log = reader.number()
          break
        case FIELD.previousLog:
          previousLog = reader.number()
          break
        case FIELD.nextFile:
        case FIELD.lastSequence:
          reader.number()
          break
        case FIELD.compactPointer:
          reader.number()
          reader.skipText()
          break
        case FIELD.deletedTable:
          reader.number()
          tables.delete(reader.number())
          break
        case FIELD.newTable:
          reader.number()
          tables.add(reader.number())
          reader.number()
          reader.skipText()
          reader.skipText()
          break
        default:
          throw new Error('a record of the list of files that is not known')
      }
    }
  }
  return { tables, firstLog: previousLog > 0 ? Math.min(log, previousLog) : log }
}
