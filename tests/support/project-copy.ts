/** A copy of the project, for tests that change its files or put others beside them. */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, symlinkSync } from 'node:fs'
import path from 'node:path'

/** Copies what Git knows of the project, and what it would take in, into the folder `copy`. node_modules lies outside it, as in a workspace. */
export function copyProject(root: string, copy: string): void {
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { cwd: root, encoding: 'utf8' })
  // Git lists a node_modules that is a link, and files that were removed and not yet committed.
  for (const file of files.split('\0')) if (file !== '' && file !== 'node_modules' && existsSync(path.join(root, file))) cpSync(path.join(root, file), path.join(copy, file))
  symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'))
}
