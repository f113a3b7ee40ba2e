// The network of the fault runs is realistic: delayed and doubled frames still arrive in the order in which they were sent.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { Proxy } from '../../faults/proxy'
import { randomOf } from '../../faults/random'

it('keeps the order of frames within a connection: a copy never arrives before its original', async () => {
  const BURSTS = 40
  const BURST = 25
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  const noise = { delayedShare: 1, delayMs: 8, stalledShare: 0, stallMs: 0, doubledShare: 0.9, lateCopyMs: 0.5, brokenShare: 0 }
  const target = () => `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
  const proxy = await Proxy.start(target, noise, randomOf(1, 'network'), { up: () => undefined, down: () => undefined, http: () => undefined })
  server.on('connection', async (socket) => {
    for (let burst = 0; burst < BURSTS; burst++) {
      for (let i = 0; i < BURST; i++) socket.send(JSON.stringify({ t: 'n', n: burst * BURST + i }))
      await new Promise((resolve) => setTimeout(resolve, 3))
    }
  })
  const client = new WebSocket(`ws://${proxy.address}`)
  const firsts: number[] = []
  const seen = new Set<number>()
  await new Promise<void>((resolve) => {
    client.on('message', (data: Buffer) => {
      const { n } = JSON.parse(data.toString()) as { n: number }
      if (seen.has(n)) return
      seen.add(n)
      firsts.push(n)
      if (seen.size === BURSTS * BURST) resolve()
    })
  })
  expect(firsts).toEqual(Array.from({ length: BURSTS * BURST }, (_, n) => n))
  expect(proxy.doubled).toBeGreaterThan(BURSTS * BURST / 2)
  client.terminate()
  await proxy.close()
  server.close()
})
