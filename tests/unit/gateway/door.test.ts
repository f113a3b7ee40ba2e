/** Which connections are accepted: by host name, and by their number. */
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { describe, expect, it } from 'vitest'
import { CLOSE_CODE } from '@/src/rtm/local/frames'
import { DEFAULT_LIMITS, Door, networkOf } from '../../../gateway/door'
import type { Gateway } from '../../../gateway/server'
import { GatewayClient } from '../../support/gateway-client'
import { useGateways } from '../../support/gateways'

const lan = Object.values(networkInterfaces())
  .flatMap((all) => all ?? [])
  .find(({ internal, family }) => !internal && family === 'IPv4')?.address

describe('the host name', () => {
  const gateways = useGateways()

  /** The statuses of a GET and of a WebSocket with these values of `Host`, sent to `address`. */
  async function statuses(gateway: Gateway, hosts: string[], address = gateway.host): Promise<(number | undefined)[]> {
    const ask = async (path: string, headers: string[]) => {
      const all = [...hosts.flatMap((host) => ['Host', host]), ...headers]
      const asked = get({ host: address, port: gateway.port, path, headers: all, setHost: false })
      const [response] = (await Promise.race([once(asked, 'response'), once(asked, 'upgrade')])) as [IncomingMessage]
      response.socket.destroy()
      return response.statusCode
    }
    const upgrade = ['Connection', 'Upgrade', 'Upgrade', 'websocket', 'Sec-WebSocket-Version', '13', 'Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ==']
    return [await ask('/healthz', []), await ask('/rtm', upgrade)]
  }

  it.each(['localhost', 'LOCALHOST:7070', '127.0.0.1:1', '127.9.9.9', '[::1]:7070', 'chat.example', 'CHAT.example:8443', '192.0.2.7:7070'])('%s is answered', async (host) => {
    const gateway = await gateways.start({ allowedOrigins: ['https://chat.example', 'http://192.0.2.7:5173'] })
    expect(await statuses(gateway, [host])).toEqual([200, 101])
  })

  it.each([
    ...['evil.example', 'evil.example:7070', 'localhost.evil.example', '127.0.0.1.evil.example', 'evil.example@localhost', 'localhost@evil.example', 'localhost:1@evil.example'],
    ...['localhost/evil.example', 'evil.example/localhost', 'localhost#', 'localhost?', 'localhost\\evil.example', 'localhost evil.example', 'localhost,evil.example'],
    ...['localhost.', 'localhost:', 'localhost:x', 'localhost:123456', '127.1', '127.0.0.1x', '::1', '[::1', '[::1]x', '[::ffff:127.0.0.1]', '0.0.0.0', '192.0.2.7'],
    ...['sub.chat.example', 'chat.example.evil.example', 'https://chat.example', 'local%68ost', '*', '', ' '],
  ])('%j is rejected, for any path', async (host) => {
    const gateway = await gateways.start({ allowedOrigins: ['https://chat.example', 'nonsense'] })
    expect(await statuses(gateway, [host])).toEqual([403, 403])
  })

  it('that is given twice is rejected', async () => {
    const gateway = await gateways.start()
    expect(await statuses(gateway, ['localhost', 'evil.example'])).toEqual([403, 403])
    expect(await statuses(gateway, ['evil.example', 'localhost'])).toEqual([403, 403])
  })

  it('may be missing outside of a browser', async () => {
    const gateway = await gateways.start()
    const socket = connect(gateway.port, gateway.host, () => socket.write('GET /healthz HTTP/1.0\r\n\r\n'))
    const [answer] = (await once(socket, 'data')) as [Buffer]
    expect(answer.toString()).toMatch(/^HTTP\/1.1 200 /)
  })

  it.runIf(lan)('may be the connection’s own address', async () => {
    const everywhere = await gateways.start({ host: '0.0.0.0' })
    expect(await statuses(everywhere, [`${lan}:7070`], lan)).toEqual([200, 101])
    expect(await statuses(everywhere, [`${lan}:7070`], '127.0.0.1')).toEqual([403, 403])
    const there = await gateways.start({ host: lan! })
    expect(await statuses(there, [`${lan}`])).toEqual([200, 101])
  })
})

describe('the number of connections', () => {
  const gateways = useGateways()

  it('without a login is limited: a silent client makes room for a new one', async () => {
    const gateway = await gateways.start({ limits: { strangers: 2 } })
    const alice = await gateways.login(gateway, 'alice')
    const silent = [await gateways.connect(gateway), await gateways.connect(gateway)]
    for (const uid of ['bob', 'carol']) {
      const next = await gateways.connect(gateway)
      expect(await silent.shift()!.closed()).toBe(CLOSE_CODE.SILENT)
      expect(await next.login(uid)).toMatchObject({ t: 'ok' })
      silent.push(await gateways.connect(gateway))
    }
    await alice.settled()
    expect(gateway.stats()).toMatchObject({ live: 3, connections: 5 })
  })

  it('in total is limited, WebSockets or not', async () => {
    const gateway = await gateways.start({ limits: { sockets: 2 } })
    const silent = connect(gateway.port, gateway.host)
    await once(silent, 'connect')
    const alice = await gateways.login(gateway, 'alice')
    const third = connect(gateway.port, gateway.host)
    third.on('error', () => undefined)
    await once(third, 'close')
    silent.destroy()
    await alice.settled()
  })

  it.runIf(lan)('from one address is limited', async () => {
    const gateway = await gateways.start({ host: '0.0.0.0', limits: { socketsPerAddress: 3, strangersPerAddress: 1 } })
    const url = gateway.url.replace('0.0.0.0', lan!)
    const clients = [await GatewayClient.login(url, 'alice'), await GatewayClient.connect(url)]
    await expect(GatewayClient.connect(url)).rejects.toThrow('429')
    await clients[1]!.login('bob')
    clients.push(await GatewayClient.connect(url))
    // The fourth socket is not answered at all.
    await expect(GatewayClient.connect(url)).rejects.toThrow(/hang up|ECONNRESET/)
    clients.push(await GatewayClient.login(gateway.url.replace('0.0.0.0', '127.0.0.1'), 'carol'))
    for (const client of clients) client.ws.terminate()
  })
})

describe('Door', () => {
  const door = (limits: object) => new Door({ ...DEFAULT_LIMITS, ...limits })
  const closed: object[] = []
  const stranger = (at: Door) => {
    const connection = {
      makeRoom() {
        closed.push(connection)
        at.removeStranger(connection)
      },
    }
    return connection
  }

  it('makes room with the oldest of the address that has most without a login', () => {
    const three = door({ strangers: 3 })
    const [mallory, bob] = [{}, {}]
    three.enter(mallory, '192.0.2.1')
    three.enter(bob, '192.0.2.2')
    const [honest, first, second, third] = [stranger(three), stranger(three), stranger(three), stranger(three)]
    three.addStranger(honest, bob)
    for (const each of [first, second, third]) three.addStranger(each, mallory)
    expect(closed.splice(0)).toEqual([first])
    three.addStranger(stranger(three), bob)
    expect(closed.splice(0)).toEqual([second])
  })

  it('counts each address separately, and not this machine', () => {
    const two = door({ socketsPerAddress: 1, strangersPerAddress: 1 })
    for (const address of ['192.0.2.1', '192.0.2.2', 'fe80::1']) {
      const socket = {}
      expect(two.enter(socket, address)).toBe(true)
      expect(two.enter({}, address)).toBe(false)
      expect(two.refusal(socket)).toBeUndefined()
      two.addStranger(stranger(two), socket)
      expect(two.refusal(socket)).toBe('429 Too Many Requests')
    }
    for (const address of ['127.0.0.1', '127.0.0.1', '::1', '::ffff:127.0.0.1', '::1']) {
      const socket = {}
      expect(two.enter(socket, address)).toBe(true)
      two.addStranger(stranger(two), socket)
      expect(two.refusal(socket)).toBeUndefined()
    }
  })

  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::6', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['::1', '::1'],
    ['', ''],
  ])('counts %s as %j', (address, network) => {
    expect(networkOf(address)).toBe(network)
  })

  it('removes a closed one, once', () => {
    const one = door({ strangersPerAddress: 1, socketsPerAddress: 1 })
    const there = {}
    one.enter(there, '192.0.2.1')
    const first = stranger(one)
    one.addStranger(first, there)
    expect(one.refusal(there)).toBe('429 Too Many Requests')
    one.removeStranger(first)
    one.removeStranger(first)
    expect(one.refusal(there)).toBeUndefined()
    one.addStranger(stranger(one), there)
    expect(one.refusal(there)).toBe('429 Too Many Requests')
    one.leave(there)
    one.leave(there)
    expect(one.enter({}, '192.0.2.1')).toBe(true)
    expect(one.enter({}, '192.0.2.1')).toBe(false)
  })
})
