/** The measured builds. Each run builds them again, so that the figures belong to the current sources. */
import { spawn } from 'node:child_process'
import path from 'node:path'
import { NEUTRAL_SETTINGS } from '../scripts/test/builds'

export interface MeasuredBuild {
  readonly platform: 'mp-weixin' | 'h5'
  /** The folder of the app's sources. */
  readonly input: string
  readonly output: string
}

export const PRODUCT: MeasuredBuild = { platform: 'mp-weixin', input: '.', output: 'dist/bench/mp-weixin' }
export const PRODUCT_H5: MeasuredBuild = { platform: 'h5', input: '.', output: 'dist/bench/h5' }
/** Two empty pages. */
export const BARE: MeasuredBuild = { platform: 'mp-weixin', input: 'bench/apps/bare', output: 'dist/bench/bare' }
/** A thread as a plain `v-for` over all messages, a component for each. */
export const PLAIN_LIST: MeasuredBuild = { platform: 'mp-weixin', input: 'bench/apps/plain-list', output: 'dist/bench/plain-list' }

const made = new Map<string, Promise<string>>()

/** The absolute path of a build, which is built at most once per run. */
export function built(wanted: MeasuredBuild): Promise<string> {
  const known = made.get(wanted.output) ?? build(wanted)
  made.set(wanted.output, known)
  return known
}

async function build({ platform, input, output }: MeasuredBuild): Promise<string> {
  const folder = path.resolve(output)
  const env = { ...process.env, ...NEUTRAL_SETTINGS, NODE_ENV: 'production', UNI_INPUT_DIR: path.resolve(input), UNI_OUTPUT_DIR: folder }
  const child = spawn(process.execPath, ['scripts/uni.mjs', 'build', '-p', platform], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`the build of ${input} for ${platform} failed:\n${printed}`)
  return folder
}
