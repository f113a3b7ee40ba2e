/** The command line, as users and scripts use it. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { CLOSE_CODE, LOCAL_APP_ID } from '@/src/rtm/local/frames'
import { issueToken } from '../../../gateway/token'
import { GatewayClient } from '../../support/gateway-client'
import { until } from '../../support/gateways'

const certificate = 'fedcba9876543210fedcba9876543210'
const root = new URL('../../..', import.meta.url)
const children: ChildProcess[] = []

interface Run {
  child: ChildProcess
  output: { stdout: string; stderr: string }
  ended: Promise<number | null>
}

function gateway(...args: string[]): Run {
  return gatewayWith({}, ...args)
}

function gatewayWith({ env = {}, stderr = 'pipe' }: { env?: Record<string, string>; stderr?: 'pipe' | number }, ...args: string[]): Run {
  const options = { cwd: root, stdio: ['ignore', 'pipe', stderr] as ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } }
  const child = spawn(process.execPath, ['--import', 'tsx', 'gateway/main.ts', ...args], options)
  children.push(child)
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => (output.stdout += chunk))
  // Null for a file.
  ;(child as ChildProcess).stderr?.on('data', (chunk) => (output.stderr += chunk))
  return { child, output, ended: once(child, 'close').then(([code]) => code as number | null) }
}

async function listening(run: Run): Promise<string> {
  await until(() => run.output.stdout.includes('\n') || run.child.exitCode !== null, `listening: ${run.output.stderr}`)
  return /^listening (ws:\/\/\S+)\n$/.exec(run.output.stdout)?.[1] ?? run.output.stderr
}

async function tokenStatus(url: string): Promise<number> {
  return (await fetch(url.replace('ws:', 'http:').replace('/rtm', '/token?uid=alice'))).status
}

describe('the command line', () => {
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL')
  })

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('starts, prints its address, and ends cleanly with %s', async (signal) => {
    const run = gateway('--port', '0')
    const url = await listening(run)
    expect(url).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/rtm$/)
    const alice = await GatewayClient.login(url, 'alice')
    run.child.kill(signal)
    expect(await alice.closed()).toBe(CLOSE_CODE.GOING_AWAY)
    expect(await run.ended).toBe(0)
    expect(run.output.stderr).toBe('')
  })

  it('reports in one sentence that the port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const address = other.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const run = gateway('--port', String(port))
    expect(await run.ended).toBe(1)
    const sentence = `gateway: port ${port} on 127.0.0.1 is in use: end the program that has it, or choose another with --port\n`
    expect(run.output).toEqual({ stdout: '', stderr: sentence })
    other.close()
  })

  it.each([
    [['--port', 'abc'], '--port takes a number from 0 to 65535, not abc'],
    [['--port', '70000'], '--port takes a number from 0 to 65535, not 70000'],
    [['--host', '203.0.113.7', '--port', '0'], '203.0.113.7 is not an address of this machine'],
    [['--certificate', 'short'], '--certificate takes 32 letters and digits'],
    [['--certificate-file', '/no/such/file'], 'cannot read the file of --certificate-file, /no/such/file: ENOENT'],
    [['--certificate-file', '/'], 'cannot read the file of --certificate-file, /: EISDIR'],
    [['--certificate-file', 'package.json'], 'the file of --certificate-file, package.json, does not hold 32 letters and digits'],
    [['--certificate', certificate, '--certificate-file', 'package.json'], 'give either --certificate or --certificate-file'],
    [['--dev-tokens'], '--dev-tokens needs a certificate'],
    [['--allow-origin', 'chat.example'], '--allow-origin takes an origin such as https://chat.example.com, not chat.example'],
    [['--bogus'], "Unknown option '--bogus': --help names all options"],
    [['positional'], "Unexpected argument 'positional': --help names all options"],
    [['--port'], "Option '--port <value>' argument missing"],
  ])('rejects %j in one sentence', async (args, sentence) => {
    const run = gateway(...args)
    expect(await run.ended).toBe(1)
    expect(run.output.stdout).toBe('')
    expect(run.output.stderr).toContain(`gateway: ${sentence}`)
    expect(run.output.stderr.trim().split('\n')).toHaveLength(1)
  })

  it('warns if any user who reaches it could be any other', async () => {
    const run = gateway('--port', '0', '--host', '0.0.0.0')
    await listening(run)
    await until(() => run.output.stderr.includes('\n'))
    expect(run.output.stderr).toContain('without --certificate-file anybody who reaches 0.0.0.0 can log in as anybody')
  })

  it.each(['', 'short'])('rejects the variable GATEWAY_CERTIFICATE=%j', async (value) => {
    const run = gatewayWith({ env: { GATEWAY_CERTIFICATE: value } }, '--port', '0')
    expect(await run.ended).toBe(1)
    expect(run.output).toEqual({ stdout: '', stderr: 'gateway: GATEWAY_CERTIFICATE takes 32 letters and digits\n' })
  })

  it.each(['variable', 'file', 'argument'])('takes the certificate as %s, and says if others can read it', async (where) => {
    const folder = await mkdtemp(join(tmpdir(), 'certificate-'))
    const file = join(folder, 'certificate')
    await writeFile(file, `${certificate}\n`)
    const args = { variable: [], file: ['--certificate-file', file], argument: ['--certificate', certificate] }[where] ?? []
    // An option takes precedence.
    const run = gatewayWith({ env: where === 'argument' ? {} : { GATEWAY_CERTIFICATE: where === 'variable' ? certificate : 'x'.repeat(32) } }, '--port', '0', ...args)
    const url = await listening(run)
    await rm(folder, { recursive: true })
    const token = issueToken('006', { appId: LOCAL_APP_ID, certificate, uid: 'alice', now: Date.now() }, 60)
    await expect(GatewayClient.login(url, 'alice')).rejects.toThrow('"code":5')
    const alice = await GatewayClient.login(url, 'alice', { token })
    expect(await tokenStatus(url)).toBe(404)
    run.child.kill()
    await alice.closed()
    await run.ended
    expect(run.output.stderr).toEqual(where === 'argument' ? expect.stringContaining('every user of this machine can read it') : '')
  })

  it('continues when the reader of its log is gone', async () => {
    const run = gatewayWith({ env: { GATEWAY_CERTIFICATE: certificate } }, '--port', '0', '--dev-tokens')
    const url = await listening(run)
    run.child.stdout?.destroy()
    run.child.stderr?.destroy()
    // Each writes a line.
    for (let i = 0; i < 3; i++) expect(await tokenStatus(url)).toBe(200)
    run.child.kill()
    await once(run.child, 'exit')
    expect(run.child.exitCode).toBe(0)
  })

  it.runIf(existsSync('/dev/full'))('continues when there is no room for its log', async () => {
    const full = await open('/dev/full', 'w')
    const run = gatewayWith({ env: { GATEWAY_CERTIFICATE: certificate }, stderr: full.fd }, '--port', '0', '--dev-tokens')
    await full.close()
    const url = await listening(run)
    for (let i = 0; i < 3; i++) expect(await tokenStatus(url)).toBe(200)
    run.child.kill()
    expect(await run.ended).toBe(0)
  })

  it('prints its help', async () => {
    const run = gateway('--help')
    expect(await run.ended).toBe(0)
    expect(run.output.stdout).toContain('--certificate')
  })
})
