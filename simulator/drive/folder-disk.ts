/** The phone's disk as a real folder. */
import fs from 'node:fs'
import path from 'node:path'
import type { Disk, DiskStat } from '../runtime/types'

export class FolderDisk implements Disk {
  constructor(private readonly root: string) {
    fs.mkdirSync(root, { recursive: true })
  }

  read = (file: string, from = 0, length?: number): Uint8Array => {
    if (from === 0 && length === undefined) return fs.readFileSync(this.at(file))
    const open = fs.openSync(this.at(file), 'r')
    try {
      const bytes = new Uint8Array(Math.max(0, Math.min(length ?? Infinity, fs.fstatSync(open).size - from)))
      return bytes.subarray(0, fs.readSync(open, bytes, 0, bytes.length, from))
    } finally {
      fs.closeSync(open)
    }
  }

  write = (file: string, bytes: Uint8Array): void => fs.writeFileSync(this.at(file), bytes)
  append = (file: string, bytes: Uint8Array): void => fs.appendFileSync(this.at(file), bytes)
  unlink = (file: string): void => fs.unlinkSync(this.at(file))
  rename = (from: string, to: string): void => fs.renameSync(this.at(from), this.at(to))
  mkdir = (folder: string, recursive: boolean): void => void fs.mkdirSync(this.at(folder), { recursive })
  rmdir = (folder: string, recursive: boolean): void => (recursive ? fs.rmSync(this.at(folder), { recursive }) : fs.rmdirSync(this.at(folder)))
  readdir = (folder: string): string[] => fs.readdirSync(this.at(folder)).sort()

  stat = (file: string): DiskStat | undefined => {
    const stat = fs.statSync(this.at(file), { throwIfNoEntry: false })
    return stat && { isDirectory: stat.isDirectory(), size: stat.isDirectory() ? 0 : stat.size, modifiedAt: stat.mtimeMs }
  }

  private at(file: string): string {
    return path.join(this.root, ...file.split('/'))
  }
}

/** The content of a folder in the format of MemoryDisk: base64 by path, empty folders with a `/` at the end. */
export function readFolder(root: string): Record<string, string> {
  if (!fs.existsSync(root)) return {}
  return Object.fromEntries(
    fs.readdirSync(root, { withFileTypes: true, recursive: true }).map((entry) => {
      const absolute = path.join(entry.parentPath, entry.name)
      const name = path.relative(root, absolute).split(path.sep).join('/')
      return entry.isDirectory() ? [`${name}/`, ''] : [name, fs.readFileSync(absolute).toString('base64')]
    }),
  )
}

/** Makes the folder contain exactly these files. */
export function writeFolder(root: string, files: Readonly<Record<string, string>>): void {
  fs.rmSync(root, { recursive: true, force: true })
  fs.mkdirSync(root, { recursive: true })
  for (const [name, base64] of Object.entries(files)) {
    const absolute = path.join(root, ...name.split('/'))
    fs.mkdirSync(name.endsWith('/') ? absolute : path.dirname(absolute), { recursive: true })
    if (!name.endsWith('/')) fs.writeFileSync(absolute, Buffer.from(base64, 'base64'))
  }
}
