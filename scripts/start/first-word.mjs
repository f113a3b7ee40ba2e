// Prints a line at once, since the rest takes seconds to load. Commands load it before anything else. A module runs only once.
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')
if (root.includes('?')) {
  // tsx, which loads the rest, reads it as the beginning of a query.
  console.error(`文件夹 ${root} 的名字里有 ?，这个命令不能在里面运行：请改名。`)
  console.error(`The name of the folder ${root} has a ?, in which this command cannot run: rename it.`)
  process.exit(1)
}
console.log('正在启动…… Starting …')
