// Builds the simulator's page in a process of its own, so that Vite's memory is not in the server. Sends the files to its parent.
import '../../scripts/end-with-parent.mjs'
import '../../scripts/as-named.mjs'
import { fileURLToPath } from 'node:url'
import { build, type Rollup } from 'vite'

/** A file of the page as it passes between processes: base64, by its path in the build. */
export type BuiltFiles = Readonly<Record<string, string>>

const configFile = fileURLToPath(new URL('../page/vite.config.ts', import.meta.url))
const { output } = (await build({ configFile, logLevel: 'error', build: { write: false } })) as Rollup.RollupOutput
const files: BuiltFiles = Object.fromEntries(output.map((file) => [file.fileName, Buffer.from(file.type === 'chunk' ? file.code : file.source).toString('base64')]))
process.send?.(files)
