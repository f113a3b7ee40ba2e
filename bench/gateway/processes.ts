/** Starts the servers of the gateway's benchmarks, each as a process of its own. */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { GATEWAY_PATH } from '@/src/rtm/local/frames'
import type { Costs, FromServer } from './server'

export interface ServerProcess {
  readonly url: string
  readonly pid: number
  costs(): Promise<Costs>
  stop(): Promise<void>
}

export async function startServer(kind: 'gateway' | 'echo' | 'put'): Promise<ServerProcess> {
  const child = fork(fileURLToPath(new URL('server.ts', import.meta.url)), [kind], { execArgv: ['--import', 'tsx', '--expose-gc'] })
  const started = await told(child)
  if (!('port' in started)) throw new Error(`the ${kind} told no port`)
  return {
    pid: child.pid ?? 0,
    url: `ws://127.0.0.1:${started.port}${GATEWAY_PATH}`,
    async costs() {
      child.send('costs')
      const answer = await told(child)
      if ('port' in answer) throw new Error(`the ${kind} told no costs`)
      return answer
    },
    async stop() {
      if (child.exitCode !== null) return
      const ended = once(child, 'exit')
      // The child ends if its parent has gone.
      child.disconnect()
      await ended
    },
  }
}

function told(child: ChildProcess): Promise<FromServer> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => reject(new Error(`a server of the bench ended with ${code}`))
    child.once('exit', onExit)
    child.once('message', (message) => {
      child.off('exit', onExit)
      resolve(message as FromServer)
    })
  })
}
