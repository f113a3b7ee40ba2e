import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import type { NetworkInterfaceInfo } from 'node:os'
import { describe, expect, it } from 'vitest'
import { banner } from '../../../scripts/start/banner'
import { firstFreePort, lanAddress } from '../../../scripts/start/network'
import { startOptions } from '../../../scripts/start/options'

describe('startOptions', () => {
  it('needs none', () => {
    expect(startOptions([], {})).toEqual({ lan: false, port: 5173, gatewayPort: 7070 })
  })

  it('reads --lan, --port, and GATEWAY_PORT for tests', () => {
    expect(startOptions(['--lan', '--port', '8080'], { GATEWAY_PORT: '7171' })).toEqual({ lan: true, port: 8080, gatewayPort: 7171 })
    expect(startOptions(['--port=8080'], { GATEWAY_PORT: '' })).toEqual({ lan: false, port: 8080, gatewayPort: 7070 })
  })

  it.each([['--help'], ['lan'], ['--port'], ['--lan=yes'], ['-p', '1']])('refuses %s with one sentence in each language', (...args) => {
    expect(() => startOptions(args, {})).toThrow(/^不认识.*\nCannot read .*--lan and --port NUMBER, nothing else\.$/)
  })

  it.each(['0', '65536', 'x', '80.5', '1e3', ' 80'])('refuses port %j', (port) => {
    expect(() => startOptions([`--port=${port}`], {})).toThrow(/--port must be a port number from 1 to 65535/)
    expect(() => startOptions([], { GATEWAY_PORT: port })).toThrow(/GATEWAY_PORT must be a port number/)
  })
})

describe('lanAddress', () => {
  const address = (ip: string, more: Partial<NetworkInterfaceInfo> = {}) => ({ address: ip, family: 'IPv4', internal: false, ...more }) as NetworkInterfaceInfo

  it('is the IPv4 address that phones of the same network can reach', () => {
    const lo = [address('127.0.0.1', { internal: true })]
    expect(lanAddress({ lo, wlan0: [address('fe80::1', { family: 'IPv6' } as Partial<NetworkInterfaceInfo>), address('192.168.1.5')] })).toBe('192.168.1.5')
    expect(lanAddress({ docker0: [address('172.17.0.1')], en0: [address('10.0.0.7')] })).toBe('10.0.0.7')
    expect(lanAddress({ 'vEthernet (WSL)': [address('172.20.0.1')], 'Wi-Fi': [address('192.168.0.2')] })).toBe('192.168.0.2')
    expect(lanAddress({ ppp0: [address('203.0.113.9')], eth0: [address('172.31.0.2')] })).toBe('172.31.0.2')
  })

  it('is a public or a virtual one where there is no better, and none without a network', () => {
    expect(lanAddress({ eth0: [address('203.0.113.9')] })).toBe('203.0.113.9')
    expect(lanAddress({ docker0: [address('172.17.0.1')] })).toBe('172.17.0.1')
    expect(lanAddress({ lo: [address('127.0.0.1', { internal: true })], gone: undefined })).toBeUndefined()
    expect(lanAddress({})).toBeUndefined()
  })
})

describe('firstFreePort', () => {
  it('goes past a port in use', async () => {
    const holder = createServer()
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve))
    const { port } = holder.address() as AddressInfo
    const free = await firstFreePort('127.0.0.1', port)
    expect(free).toBeGreaterThan(port)
    await new Promise((resolve) => holder.close(resolve))
    expect(await firstFreePort('127.0.0.1', port)).toBe(port)
  })
})

describe('the banner', () => {
  const page = 'http://127.0.0.1:5173/'

  it('has a ready link for each of two people, with the user id before the hash', () => {
    const text = banner({ page, gateway: 'ws://127.0.0.1:7070/rtm', lan: false })
    expect(text).toMatch(/^ {2}网页 Page +http:\/\/127\.0\.0\.1:5173\/$/m)
    expect(text).toContain(' http://127.0.0.1:5173/?uid=alice\n')
    expect(text).toContain(' http://127.0.0.1:5173/?uid=bob\n')
    expect(text).toContain(' ws://127.0.0.1:7070/rtm\n')
    expect(text).toContain('npm run dev:mp-weixin')
    expect(text).not.toContain('in use')
    expect(text).not.toContain('VITE_RTM_GATEWAY_URL')
  })

  it('names a port that was in use', () => {
    expect(banner({ page, gateway: 'ws://127.0.0.1:7070/rtm', portInUse: 5172, lan: false })).toContain('Port 5172 is in use')
  })

  it('tells a mini program on a phone where the gateway is', () => {
    expect(banner({ page, gateway: 'ws://192.168.1.5:7070/rtm', lan: true })).toContain('VITE_RTM_GATEWAY_URL=ws://192.168.1.5:7070/rtm')
  })

  it('has neither gateway nor ready links for the cloud, where people log in with their own tokens', () => {
    const text = banner({ page, lan: true })
    expect(text).not.toMatch(/uid=|ws:|VITE_RTM_GATEWAY_URL/)
    expect(text).toContain('VITE_RTM_BACKEND=agora')
  })
})
