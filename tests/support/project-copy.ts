/** A copy of the project, for tests that change its files or add others. */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, symlinkSync } from 'node:fs'
import path from 'node:path'

/** Where npm installs: the gateway has what differs from the rest of the project. */
const INSTALLED = ['node_modules', 'gateway/node_modules']

/** Copies the files that Git tracks, or would add, into the folder `copy`. node_modules is outside of it, as in a workspace. */
export function copyProject(root: string, copy: string): void {
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { cwd: root, encoding: 'utf8' })
  // Git lists a node_modules that is a link, and removed files before the commit.
  for (const file of files.split('\0')) if (file !== '' && !INSTALLED.includes(file) && existsSync(path.join(root, file))) cpSync(path.join(root, file), path.join(copy, file))
  for (const folder of INSTALLED) if (existsSync(path.join(root, folder))) symlinkSync(path.join(root, folder), path.join(copy, folder))
}
