/** The command line, as people and scripts use it. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { CLOSE_CODE } from '@/src/rtm/local/frames'
import { GatewayClient } from '../../support/gateway-client'
import { until } from '../../support/gateways'

const root = new URL('../../..', import.meta.url)
const children: ChildProcess[] = []

interface Run {
  child: ChildProcess
  output: { stdout: string; stderr: string }
  ended: Promise<number | null>
}

function gateway(...args: string[]): Run {
  const child = spawn(process.execPath, ['--import', 'tsx', 'gateway/main.ts', ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  children.push(child)
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => (output.stdout += chunk))
  child.stderr.on('data', (chunk) => (output.stderr += chunk))
  return { child, output, ended: once(child, 'close').then(([code]) => code as number | null) }
}

async function listening(run: Run): Promise<string> {
  await until(() => run.output.stdout.includes('\n') || run.child.exitCode !== null, `listening: ${run.output.stderr}`)
  return /^listening (ws:\/\/\S+)\n$/.exec(run.output.stdout)?.[1] ?? run.output.stderr
}

describe('the command line', () => {
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL')
  })

  it.each(['SIGTERM', 'SIGINT'] as const)('starts, says where, and ends cleanly with %s', async (signal) => {
    const run = gateway('--port', '0')
    const url = await listening(run)
    expect(url).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/rtm$/)
    const alice = await GatewayClient.login(url, 'alice')
    run.child.kill(signal)
    expect(await alice.closed()).toBe(CLOSE_CODE.GOING_AWAY)
    expect(await run.ended).toBe(0)
    expect(run.output.stderr).toBe('')
  })

  it('says in one sentence that the port is in use', async () => {
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
    [['--allow-origin', 'chat.example'], '--allow-origin takes an origin such as https://chat.example.com, not chat.example'],
    [['--bogus'], "Unknown option '--bogus'"],
    [['positional'], "Unexpected argument 'positional'"],
    [['--port'], "Option '--port <value>' argument missing"],
  ])('refuses %j in one sentence', async (args, sentence) => {
    const run = gateway(...args)
    expect(await run.ended).toBe(1)
    expect(run.output.stdout).toBe('')
    expect(run.output.stderr).toContain(`gateway: ${sentence}`)
    expect(run.output.stderr.trim().split('\n')).toHaveLength(1)
  })

  it('warns when everybody who reaches it could be anybody', async () => {
    const run = gateway('--port', '0', '--host', '0.0.0.0')
    await listening(run)
    await until(() => run.output.stderr.includes('\n'))
    expect(run.output.stderr).toContain('without --certificate anybody who reaches 0.0.0.0 can log in as anybody')
  })

  it('explains itself', async () => {
    const run = gateway('--help')
    expect(await run.ended).toBe(0)
    expect(run.output.stdout).toContain('--certificate')
  })
})
