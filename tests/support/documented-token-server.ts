/** The token server of docs/AGORA.md, run as it is printed there. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { vi } from 'vitest'
import { freePort } from './ports'

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface TokenServerProcess {
  /** Such as `127.0.0.1:41234`. */
  readonly host: string
  stop(): void
}

/**
 * @param env `APP_ID`, `APP_CERTIFICATE` and, for bearers of files, `FILES_KEY`
 * @param aheadMs how far its clock is ahead of this machine's
 */
export async function startDocumentedTokenServer(env: Readonly<Record<string, string>>, aheadMs = 0): Promise<TokenServerProcess> {
  const code = /```js\n([\s\S]*?)```/.exec(readFileSync(`${root}/docs/AGORA.md`, 'utf8'))?.[1]
  if (code === undefined) throw new Error('docs/AGORA.md has no token server')
  const port = await freePort()
  const server = spawn(process.execPath, ['--input-type=module', '-e', `const now = Date.now\nDate.now = () => now() + ${aheadMs}\n${code}`], { cwd: root, env: { ...process.env, ...env, PORT: String(port) }, stdio: ['ignore', 'ignore', 'inherit'] })
  const host = `127.0.0.1:${port}`
  await vi.waitFor(() => fetch(`http://${host}/token?uid=probe`), { timeout: 10_000 })
  return { host, stop: () => server.kill() }
}
