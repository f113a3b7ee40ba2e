/** A gateway whose disk is full for a while: the system itself cuts its writes short, as a full disk does. */
import { execFileSync, spawnSync, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { useCommands, untilPrinted, type Started } from '../../support/commands'
import { GatewayClient } from '../../support/gateway-client'
import { useFolder } from '../../support/folder'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const canLimit = spawnSync('prlimit', ['--version']).status === 0
const FULL_AT_BYTES = 100_000

/** The maximum size of a file that a process writes: beyond it writes are cut short, and fail. */
function limitFiles({ pid }: ChildProcess, bytes: number | 'unlimited'): void {
  execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`])
}

describe.runIf(canLimit)('a gateway on a full disk', () => {
  const run = useCommands(root)
  const folder = useFolder()

  const start = async (): Promise<{ gateway: Started; url: string }> => {
    const gateway = run(process.execPath, ['--import', 'tsx', 'gateway/main.ts', '--port', '0', '--data', folder()])
    const url = /listening (\S+)\n/.exec(await untilPrinted(gateway, '\n'))?.[1] ?? ''
    return { gateway, url }
  }

  /** Sends messages to absent receivers until `isEnough`. Returns the acknowledged ones. */
  const sendUntil = async (url: string, name: string, isEnough: (acknowledged: number, refused: number) => boolean) => {
    const client = await GatewayClient.login(url, name)
    const acknowledged: { to: string; text: string }[] = []
    for (let n = 0, refused = 0; !isEnough(acknowledged.length, refused); n++) {
      const message = { to: `${name} to ${n % 10}`, text: `${n} ${randomBytes(700).toString('base64')}` }
      const answer = await client.ask({ t: 'peer', ...message, offline: true })
      if (answer.t === 'ok') acknowledged.push(message)
      else {
        expect(answer.code).toBe(1)
        refused++
      }
    }
    await client.logout()
    return acknowledged
  }

  it.each(['SIGKILL', 'SIGTERM'] as const)('continues by itself when there is room, and loses nothing that it acknowledged when it ends by %s', async (signal) => {
    const { gateway, url } = await start()
    limitFiles(gateway.child, FULL_AT_BYTES)
    const before = await sendUntil(url, 'before', (_acknowledged, refused) => refused > 0)
    expect(before.length).toBeGreaterThan(0)
    limitFiles(gateway.child, 'unlimited')
    await untilPrinted(gateway, 'the data folder can be written again')
    const after = await sendUntil(url, 'after', (acknowledged) => acknowledged === 60)
    gateway.child.kill(signal)
    await gateway.exit

    const again = await start()
    for (const sent of [before, after]) {
      for (const receiver of new Set(sent.map(({ to }) => to))) {
        const client = await GatewayClient.login(again.url, receiver)
        const expected = sent.filter(({ to }) => to === receiver).map(({ text }) => text)
        const got: string[] = []
        while (got.length < expected.length) got.push((await client.next('peer')).text as string)
        expect(got).toEqual(expected)
        client.ws.terminate()
      }
    }
  }, 120_000)
})
