// Makes Node name all modules by the project's folder as this process was started with it. If that is a link (plain-folder.mjs), Node and Vite would
// otherwise name some files by the link's target. Import it before Vite.
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const target = fs.realpathSync(root)

process.chdir(root)
if (target !== root) {
  process.cwd = () => root
  const named = (real) => (real === target || real.startsWith(target + path.sep) ? root + real.slice(target.length) : real)
  const { realpathSync } = fs
  const { native } = realpathSync
  fs.realpathSync = Object.assign((...args) => named(realpathSync(...args)), { native: (...args) => named(native(...args)) })
}
