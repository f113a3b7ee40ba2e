// Gives the project's folder a name that its build tools can read. Vite cuts a path at `#` or `?`. uni-app reads brackets as a pattern, finds no file of
// static/ and exits with 0. A folder with such a name is built through a link with a plain name.
import { createHash } from 'node:crypto'
import { lstatSync, readlinkSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')

/** The characters that every build tool reads as part of a name: letters of all languages, digits, spaces and a few signs. */
const PLAIN = process.platform === 'win32' ? /^[\p{L}\p{M}\p{N}_\-. /@+,=~\\:]*$/u : /^[\p{L}\p{M}\p{N}_\-. /@+,=~]*$/u

export function plainRun(script, options = [], env = process.env) {
  const folder = plainFolder()
  const isLink = folder !== root
  // Without the two options Node names each module by the link's target.
  const args = [...options, ...(isLink ? ['--preserve-symlinks', '--preserve-symlinks-main'] : []), path.join(folder, script)]
  const named = ['UNI_INPUT_DIR', 'UNI_OUTPUT_DIR'].flatMap((name) => {
    const value = env[name]
    return value !== undefined && (value === root || value.startsWith(root + path.sep)) ? [[name, folder + value.slice(root.length)]] : []
  })
  return { folder, isLink, args, env: isLink ? { ...env, ...Object.fromEntries(named) } : env }
}

/** Returns the root of the project, or a link to it. Prints a sentence and ends the process if neither has a plain name. */
function plainFolder() {
  if (PLAIN.test(root)) return root
  const owner = process.getuid?.() ?? 0
  // The same path each time, since Vite caches bundled dependencies by the folder's name.
  const link = path.join(tmpdir(), `uni-rtm-chat-${createHash('sha256').update(`${owner} ${root}`).digest('hex').slice(0, 16)}`)
  if (PLAIN.test(link) && isOwnLink(link, owner)) return link
  console.error(`文件夹 ${root} 的名字里有构建工具不能识别的字符，而在 ${tmpdir()} 里也不能为它建立链接：请把项目移到只含字母、数字和汉字的文件夹。`)
  console.error(`The name of the folder ${root} has characters that the builders cannot read, and ${tmpdir()} takes no link to it: move the project to a folder of letters and digits.`)
  process.exit(1)
}

/** Creates the link if it is missing. Another user's link is not followed. */
function isOwnLink(link, owner) {
  try {
    symlinkSync(root, link, 'junction')
  } catch (error) {
    if (error.code !== 'EEXIST') return false
  }
  const stat = lstatSync(link, { throwIfNoEntry: false })
  return stat?.isSymbolicLink() === true && (process.platform === 'win32' || stat.uid === owner) && path.resolve(readlinkSync(link)) === root
}
