import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import type { NetworkInterfaceInfo } from 'node:os'
import { describe, expect, it } from 'vitest'
import { banner, simulatorLines } from '../../../scripts/start/banner'
import { firstFreePort, lanAddress } from '../../../scripts/start/network'
import { simulatorOptions, startOptions } from '../../../scripts/start/options'

describe('startOptions', () => {
  it('needs none', () => {
    expect(startOptions([], {})).toEqual({ lan: false, port: 5173, gatewayPort: 7070, miniProgram: 'development', simulatorPort: 5180 })
  })

  it('reads --lan, --port, and GATEWAY_PORT for tests', () => {
    expect(startOptions(['--lan', '--port', '8080'], { GATEWAY_PORT: '7171' })).toMatchObject({ lan: true, port: 8080, gatewayPort: 7171 })
    expect(startOptions(['--port=8080'], { GATEWAY_PORT: '' })).toMatchObject({ lan: false, port: 8080, gatewayPort: 7070 })
  })

  it('reads --production, --no-mini-program, and SIMULATOR_PORT for tests', () => {
    expect(startOptions(['--production'], { SIMULATOR_PORT: '8180' })).toMatchObject({ miniProgram: 'production', simulatorPort: 8180 })
    expect(startOptions(['--no-mini-program'], { SIMULATOR_PORT: '' })).toMatchObject({ miniProgram: 'none', simulatorPort: 5180 })
    expect(startOptions(['--production', '--no-mini-program'], {}).miniProgram).toBe('none')
  })

  it.each([['--help'], ['lan'], ['--port'], ['--lan=yes'], ['-p', '1'], ['--mini-program']])('refuses %s with one sentence in each language', (...args) => {
    expect(() => startOptions(args, {})).toThrow(/^不认识.*npm start -- 后面只能用 --lan、--port 端口号、--production 和 --no-mini-program。\nCannot read .*: npm start -- takes --lan, --port NUMBER, --production and --no-mini-program, nothing else\.$/)
  })

  it.each(['0', '65536', 'x', '80.5', '1e3', ' 80'])('refuses port %j', (port) => {
    expect(() => startOptions([`--port=${port}`], {})).toThrow(/--port must be a port number from 1 to 65535/)
    expect(() => startOptions([], { GATEWAY_PORT: port })).toThrow(/GATEWAY_PORT must be a port number/)
    expect(() => startOptions([], { SIMULATOR_PORT: port })).toThrow(/SIMULATOR_PORT must be a port number/)
  })
})

describe('simulatorOptions', () => {
  it('needs none, and reads --lan, --port, --production and GATEWAY_PORT', () => {
    expect(simulatorOptions([], {})).toEqual({ lan: false, port: 5180, gatewayPort: 7070, isProduction: false })
    expect(simulatorOptions(['--lan', '--port', '8180', '--production'], { GATEWAY_PORT: '7171' })).toEqual({ lan: true, port: 8180, gatewayPort: 7171, isProduction: true })
  })

  it.each([['--no-mini-program'], ['--hots']])('refuses %s with one sentence in each language', (...args) => {
    expect(() => simulatorOptions(args, {})).toThrow(/^不认识.*npm run dev:simulator -- .*\nCannot read .*npm run dev:simulator -- takes --lan, --port NUMBER and --production, nothing else\.$/)
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
    const text = banner({ page, gateway: 'ws://127.0.0.1:7070/rtm', lan: false, hasSimulator: true })
    expect(text).toMatch(/^ {2}网页 Page +http:\/\/127\.0\.0\.1:5173\/$/m)
    expect(text).toContain(' http://127.0.0.1:5173/?uid=alice\n')
    expect(text).toContain(' http://127.0.0.1:5173/?uid=bob\n')
    expect(text).toContain(' ws://127.0.0.1:7070/rtm\n')
    expect(text).toContain('npm run dev:mp-weixin')
    expect(text).not.toContain('in use')
    expect(text).not.toContain('VITE_RTM_GATEWAY_URL')
  })

  it('names a port that was in use', () => {
    expect(banner({ page, gateway: 'ws://127.0.0.1:7070/rtm', portInUse: 5172, lan: false, hasSimulator: true })).toContain('Port 5172 is in use')
  })

  it('tells a mini program on a phone where the gateway is', () => {
    expect(banner({ page, gateway: 'ws://192.168.1.5:7070/rtm', lan: true, hasSimulator: true })).toContain('VITE_RTM_GATEWAY_URL=ws://192.168.1.5:7070/rtm')
  })

  it('has neither gateway nor ready links for the cloud, where people log in with their own tokens', () => {
    const text = banner({ page, lan: true, hasSimulator: true })
    expect(text).not.toMatch(/uid=|ws:|VITE_RTM_GATEWAY_URL/)
    expect(text).toContain('VITE_RTM_BACKEND=agora')
  })
  it('says that the mini program is being built, and with the cloud why it is not', () => {
    const sentence = /is being built for the simulator/
    const one = { page, gateway: 'ws://127.0.0.1:7070/rtm', lan: false }
    expect(banner({ ...one, hasSimulator: true })).toMatch(sentence)
    expect(banner({ ...one, hasSimulator: false })).not.toMatch(/模拟器|simulator/)
    const cloud = banner({ page, lan: false, hasSimulator: true })
    expect(cloud).not.toMatch(sentence)
    expect(cloud).toMatch(/模拟器只能连接本地网关.*The simulator talks to the local gateway only/)
    expect(cloud).toContain('npm run dev:mp-weixin')
  })
})

describe('the line of the simulator', () => {
  it('has its address, and names a port that was in use', () => {
    expect(simulatorLines('http://127.0.0.1:5180/')).toBe('  小程序 Mini program  http://127.0.0.1:5180/\n')
    expect(simulatorLines('http://127.0.0.1:5181/', 5180)).toContain('Port 5180 is in use')
  })
})
