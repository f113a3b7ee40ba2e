// Builds the simulator's page in a process of its own, so that Vite takes no memory from the server that sends it. Sends the files to its parent.
import '../../scripts/end-with-parent.mjs'
import { fileURLToPath } from 'node:url'
import { build, type Rollup } from 'vite'

/** One file of the page as it goes from process to process: base64, by its path in the build. */
export type BuiltFiles = Readonly<Record<string, string>>

const configFile = fileURLToPath(new URL('../page/vite.config.ts', import.meta.url))
const { output } = (await build({ configFile, logLevel: 'error', build: { write: false } })) as Rollup.RollupOutput
const files: BuiltFiles = Object.fromEntries(output.map((file) => [file.fileName, Buffer.from(file.type === 'chunk' ? file.code : file.source).toString('base64')]))
process.send?.(files)
