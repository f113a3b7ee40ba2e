/**
 * A KeyValue in a folder, for Node: a put value is a file, and appended records are lines after it. A commit is first written down whole and then performed,
 * so that a start after a crash completes it: all of it or nothing.
 */
import fs from 'node:fs'
import path from 'node:path'
import { parseJsonText } from '@/src/chat/util/json-text'
import { isOwner, type KeyValue, type Listed, type Owner, type Write } from '@/src/storage/kv/key-value'
import { lineOf, parseLines } from '@/src/storage/lines'
import { StorageError } from '@/src/storage/port'

/** Throws a disk's errors. Called before every change of a file. */
export type Strike = (file: string) => void

const NOTHING: Listed = { value: undefined, appended: [], unreadable: 0 }

/** The new content of a file. null deletes it, or the whole folder. */
type Change = readonly [file: string, text: string | null]

export function createFolderKeyValue(root: string, strike: Strike = () => undefined): KeyValue {
  const data = path.join(root, 'data')
  const commitFile = path.join(root, 'commit')
  fs.mkdirSync(data, { recursive: true })
  finishCommit()

  // A key may be a folder's name too, and `.` and `..` are not file names.
  const fileOf = (key: string) => path.join(data, ...key.split('/').map((segment) => `_${segment}`))
  const textFile = (key: string) => `${fileOf(key)}.json`

  function readText(file: string): string | undefined {
    return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined
  }

  function writeWhole(file: string, text: string): void {
    strike(file)
    fs.mkdirSync(path.dirname(file), { recursive: true })
    const beside = `${file}.tmp`
    fs.writeFileSync(beside, text)
    fs.renameSync(beside, file)
  }

  function carryOut(changes: readonly Change[]): void {
    for (const [file, text] of changes) {
      if (text === null) fs.rmSync(path.join(data, file), { recursive: true, force: true })
      else writeWhole(path.join(data, file), text)
    }
  }

  function finishCommit(): void {
    const changes = parseJsonText(readText(commitFile))
    if (Array.isArray(changes)) carryOut(changes as Change[])
    fs.rmSync(commitFile, { force: true })
  }

  /** The files after `writes`, the folders that go first among them. */
  function changesOf(writes: readonly Write[]): Change[] {
    const texts = new Map<string, string | null>()
    const now = (file: string) => (texts.has(file) ? (texts.get(file) ?? undefined) : readText(file))
    const cleared: string[] = []
    for (const write of writes) {
      if (write.type === 'clear') {
        const folder = fileOf(write.folder.slice(0, -1))
        for (const file of texts.keys()) if (file.startsWith(`${folder}/`)) texts.delete(file)
        cleared.push(folder)
      } else {
        const file = textFile(write.key)
        const isGone = !texts.has(file) && cleared.some((folder) => file.startsWith(`${folder}/`))
        if (write.type === 'put') texts.set(file, JSON.stringify(write.value))
        else if (write.type === 'append') texts.set(file, (isGone ? '' : (now(file) ?? '')) + lineOf(write.values))
        else texts.set(file, null)
      }
    }
    const relative = (file: string) => path.relative(data, file)
    return [...cleared.map((folder) => [relative(folder), null] as const), ...[...texts].map(([file, text]) => [relative(file), text] as const)]
  }

  function namesIn(folder: string): string[] {
    const at = fileOf(folder.slice(0, -1))
    if (!fs.existsSync(at)) return []
    const entries = fs.readdirSync(at, { withFileTypes: true }).filter(({ name }) => !name.endsWith('.tmp'))
    return entries.filter((entry) => entry.isFile() || fs.readdirSync(path.join(at, entry.name)).length > 0).map(({ name }) => name.slice(1).replace(/\.json$/, ''))
  }

  const list = (key: string): Listed => (fs.existsSync(textFile(key)) ? parseLines(readText(textFile(key))) : NOTHING)

  return {
    get: async (key) => list(key).value,
    list: async (key) => list(key),
    names: async (folder) => [...new Set(namesIn(folder))],
    entries: async (folder) =>
      namesIn(folder)
        .map((name) => folder + name)
        .filter((key) => fs.existsSync(textFile(key)))
        .map((key) => [key, list(key).value] as const),
    async commit(writes: readonly Write[], owner?: Owner) {
      if (owner && !isOwner(readText(textFile(owner.key)), owner)) throw new StorageError('taken-over', 'another program writes this')
      const changes = changesOf(writes)
      try {
        writeWhole(commitFile, JSON.stringify(changes))
      } catch (error) {
        throw new StorageError(codeOf(error) === 'ENOSPC' ? 'full' : 'failed', String(error), error)
      }
      // From here on the commit counts: the next start completes it after a crash or a fault.
      carryOut(changes)
      fs.rmSync(commitFile, { force: true })
    },
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
