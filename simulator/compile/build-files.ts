/** The files of a build and how they name each other. */
import fs from 'node:fs'
import path from 'node:path'

/** All files under a folder, relative to it, with `/`, sorted. */
export function filesUnder(root: string): string[] {
  return fs
    .readdirSync(root, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort()
}

/** Resolves `reference`, from usingComponents of `from`, to the component's path. Both are without extension. */
export function resolveComponent(from: string, reference: string): string {
  return reference.startsWith('/') ? reference.slice(1) : path.posix.join(path.posix.dirname(from), reference)
}
