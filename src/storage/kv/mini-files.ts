/**
 * Files that are replaced atomically, and appended to line by line (lines.ts). The new text is written to a second file and renamed over the first, so that
 * at every moment one of the two is whole. A reader uses the file, or the second one if the file is missing or damaged.
 */
import type { Listed } from './key-value'
import { isWhole, lineOf, parseLines, undoLine } from '../lines'
import { asPromise, atOnce, isExisting, isMissing, takenBack, type MiniFiles } from './mini-platform'

/** Undoes a write. */
export type Undo = () => Promise<void>

export interface SafeFiles {
  /** The content of the file. */
  read(path: string): Promise<Listed>
  /** The same, synchronously: for data that the first render waits for. */
  readAtOnce(path: string): Listed
  replace(path: string, text: string): Promise<Undo>
  append(path: string, values: readonly unknown[]): Promise<Undo>
  remove(path: string): Promise<void>
  /** The names of the files and folders in a folder. Empty if there is no such folder. */
  list(folder: string): Promise<string[]>
  removeFolder(folder: string): Promise<void>
}

const BESIDE = '.tmp'

export function createSafeFiles(fs: MiniFiles): SafeFiles {
  /** Files that have been checked since the app started. */
  const recovered = new Set<string>()

  async function readText(path: string): Promise<string | undefined> {
    try {
      const { data } = await asPromise<{ data: string | ArrayBuffer }>((done) => fs.readFile({ filePath: path, encoding: 'utf8', ...done }))
      return typeof data === 'string' ? data : undefined
    } catch (error) {
      if (isMissing(error)) return undefined
      throw error
    }
  }

  function readTextAtOnce(path: string): string | undefined {
    try {
      const data = atOnce(() => fs.readFileSync(path, 'utf8'))
      return typeof data === 'string' ? data : undefined
    } catch (error) {
      if (isMissing(error)) return undefined
      throw error
    }
  }

  async function writeText(path: string, text: string): Promise<void> {
    const write = () => asPromise((done) => fs.writeFile({ filePath: path, data: text, encoding: 'utf8', ...done }))
    try {
      await write()
    } catch (error) {
      if (!isMissing(error)) throw error
      await makeFolder(path.slice(0, path.lastIndexOf('/')))
      await write()
    }
  }

  async function makeFolder(folder: string): Promise<void> {
    try {
      await asPromise((done) => fs.mkdir({ dirPath: folder, recursive: true, ...done }))
    } catch (error) {
      if (!isExisting(error)) throw error
    }
  }

  async function unlink(path: string): Promise<void> {
    try {
      await asPromise((done) => fs.unlink({ filePath: path, ...done }))
    } catch (error) {
      if (!isMissing(error)) throw error
    }
  }

  /** Renames the second file over the first. `former`: the text that it replaces. */
  async function moveInPlace(path: string, former: string | undefined): Promise<void> {
    const rename = () => asPromise((done) => fs.rename({ oldPath: path + BESIDE, newPath: path, ...done }))
    try {
      await rename()
    } catch (error) {
      if (former === undefined) throw error
      // Some devices do not rename over a file. After a crash here the second file is read.
      await unlink(path)
      await rename().catch(async (reason: unknown) => {
        await writeText(path, former)
        throw reason
      })
    }
  }

  /** The file's text. If a crash left only the second file whole, that one is renamed first, since the next write overwrites it. */
  async function recover(path: string): Promise<string | undefined> {
    const text = await readText(path)
    if (isWhole(text)) return text
    const beside = await readText(path + BESIDE)
    if (!isWhole(beside)) return text
    await moveInPlace(path, text)
    return beside
  }

  async function replace(path: string, text: string): Promise<Undo> {
    const former = await recover(path)
    try {
      await writeText(path + BESIDE, text)
      await moveInPlace(path, former)
    } catch (error) {
      // Without a file, the second one would be read.
      throw former === undefined ? await takenBack(error, () => unlink(path + BESIDE)) : error
    }
    return async () => {
      if (former === undefined) await remove(path)
      else await replace(path, former)
    }
  }

  async function appendText(path: string, text: string): Promise<void> {
    const write = () => asPromise((done) => fs.appendFile({ filePath: path, data: text, encoding: 'utf8', ...done }))
    try {
      await write()
    } catch (error) {
      if (!isMissing(error)) throw error
      // WeChat cannot append to a missing file.
      if ((await recover(path)) === undefined) await writeText(path, text)
      else await write()
    }
  }

  async function append(path: string, values: readonly unknown[]): Promise<Undo> {
    // Once per run: lines appended to a damaged file would never be read, since the second file is the whole one.
    if (!recovered.has(path)) await recover(path)
    recovered.add(path)
    await appendText(path, lineOf(values))
    return () => appendText(path, undoLine())
  }

  async function remove(path: string): Promise<void> {
    // The second file first, which would be read in its place.
    await unlink(path + BESIDE)
    await unlink(path)
  }

  return {
    async read(path) {
      const text = await readText(path)
      if (isWhole(text)) return parseLines(text)
      const beside = await readText(path + BESIDE)
      return parseLines(isWhole(beside) ? beside : text)
    },

    readAtOnce(path) {
      const text = readTextAtOnce(path)
      if (isWhole(text)) return parseLines(text)
      const beside = readTextAtOnce(path + BESIDE)
      return parseLines(isWhole(beside) ? beside : text)
    },

    replace,
    append,
    remove,

    async list(folder) {
      try {
        const { files } = await asPromise<{ files: string[] }>((done) => fs.readdir({ dirPath: folder, ...done }))
        return [...new Set(files.map((name) => (name.endsWith(BESIDE) ? name.slice(0, -BESIDE.length) : name)))]
      } catch (error) {
        if (isMissing(error)) return []
        throw error
      }
    },

    async removeFolder(folder) {
      try {
        await asPromise((done) => fs.rmdir({ dirPath: folder, recursive: true, ...done }))
      } catch (error) {
        if (!isMissing(error)) throw error
      }
    },
  }
}
