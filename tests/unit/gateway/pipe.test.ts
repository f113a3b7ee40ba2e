/** The pipe in place of a WebSocket, on a clock that the test steps; no port, no socket. */
import { describe, expect, it } from 'vitest'
import { LOCAL_APP_ID, PROTOCOL_VERSION } from '@/src/rtm/local/frames'
import { openPipe, type Pipe, type PipeOptions } from '../../../simulator/drive/pipe'
import type { Gateway, GatewayOptions } from '../../../gateway/server'
import { useGateways } from '../../support/gateways'
import { TestClock } from '../../support/test-clock'

type Heard = ['open'] | ['message', string | Uint8Array] | ['error', string] | ['close', number, string]

const clock = new TestClock()
const login = (uid: string) => JSON.stringify({ t: 'login', id: 1, v: PROTOCOL_VERSION, appId: LOCAL_APP_ID, uid })

function open(gateway: Pick<Gateway, 'attach'> | undefined, options?: PipeOptions): { pipe: Pipe; heard: Heard[] } {
  const heard: Heard[] = []
  const pipe = openPipe(
    gateway,
    clock,
    {
      onOpen: () => void heard.push(['open']),
      onMessage: (data) => void heard.push(['message', data]),
      onError: (message) => void heard.push(['error', message]),
      onClose: (code, reason) => void heard.push(['close', code, reason]),
    },
    options,
  )
  return { pipe, heard }
}

describe('a gateway without a port', () => {
  const gateways = useGateways()
  const start = (options: GatewayOptions = {}) => gateways.start({ listen: false, clock, ...options })

  it('lets a client in over a pipe', async () => {
    const gateway = await start()
    const { pipe, heard } = open(gateway)
    expect(heard).toEqual([])
    await clock.advance(0)
    expect(heard).toEqual([['open']])
    pipe.send(login('alice'))
    await clock.advance(0)
    expect(heard).toEqual([['open'], ['message', expect.stringMatching(/"t":"ok","id":1/)]])
    expect(gateway.stats()).toMatchObject({ connections: 1, live: 1 })
  })
})
