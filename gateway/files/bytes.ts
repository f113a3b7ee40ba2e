/** Where the bytes of files are: in a folder. Bytes are known by their SHA-256. */
import { mkdir, open, rename, rm, readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isMissing } from './refusal'
import type { StoredFacts } from './stored'

/** How the bytes are given to a reader. */
export interface Delivery {
  readonly mime: string
  /** The value of `Content-Disposition`. */
  readonly disposition: string
}

export type Found = { readonly path: string } | { readonly redirect: string }

export interface FileBytes {
  /** Takes the file at `path` over. Resolves once it is on disk, or on the store. Bytes that are there already are left as they are. */
  put(facts: StoredFacts, path: string): Promise<void>
  /** A file on this machine, or an address to redirect to; undefined: the bytes are missing. */
  find(sha256: string, delivery: Delivery): Promise<Found | undefined>
  remove(sha256: string): Promise<void>
  /** The hashes of all bytes; none of a place that other programs may use too. */
  all(): AsyncIterable<string>
  close(): Promise<void>
}

const SHA256 = /^[\da-f]{64}$/

export class FolderBytes implements FileBytes {
  constructor(private readonly folder: string) {}

  async put({ sha256 }: StoredFacts, path: string): Promise<void> {
    const place = this.place(sha256)
    if (await this.has(place)) return rm(path, { force: true })
    await mkdir(dirname(place), { recursive: true, mode: 0o700 })
    await sync(path)
    await rename(path, place)
    await sync(dirname(place))
  }

  async find(sha256: string): Promise<Found | undefined> {
    const path = this.place(sha256)
    return (await this.has(path)) ? { path } : undefined
  }

  async remove(sha256: string): Promise<void> {
    await rm(this.place(sha256), { force: true })
  }

  async *all(): AsyncGenerator<string> {
    for (const group of await namesIn(this.folder)) {
      for (const name of await namesIn(join(this.folder, group))) if (SHA256.test(name)) yield name
    }
  }

  async close(): Promise<void> {}

  /** In 256 folders, since a folder with a million files is slow. */
  private place(sha256: string): string {
    return join(this.folder, sha256.slice(0, 2), sha256)
  }

  private async has(path: string): Promise<boolean> {
    try {
      return (await stat(path)).isFile()
    } catch (error) {
      if (isMissing(error)) return false
      throw error
    }
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

/** Writes a file, or the names in a folder, to the disk itself. */
async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
