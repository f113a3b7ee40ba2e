import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import type { NetworkInterfaceInfo } from 'node:os'
import { describe, expect, it } from 'vitest'
import { banner, simulatorLines } from '../../../scripts/start/banner'
import { lanAddress } from '../../../scripts/start/network'
import { gatewayPort, pagePort, simulatorOptions, simulatorPort, startOptions } from '../../../scripts/start/options'
import { choosePorts, type PortProbe, type PortProblem } from '../../../scripts/start/ports'

describe('startOptions', () => {
  it('needs no options', () => {
    expect(startOptions([], {})).toEqual({ lan: false, port: 5173, gatewayPort: 7070, miniProgram: 'development', simulatorPort: 5180 })
  })

  it('reads --lan, --port, and GATEWAY_PORT for tests', () => {
    expect(startOptions(['--lan', '--port', '8080'], { GATEWAY_PORT: '7171' })).toMatchObject({ lan: true, port: 8080, gatewayPort: 7171 })
    expect(startOptions(['--port=8080'], { GATEWAY_PORT: '' })).toMatchObject({ lan: false, port: 8080, gatewayPort: 7070 })
  })

  it('reads the other ports, which take precedence over the variables', () => {
    expect(startOptions(['--gateway-port', '7272', '--simulator-port', '8280'], { GATEWAY_PORT: '7171', SIMULATOR_PORT: '8180' })).toMatchObject({ gatewayPort: 7272, simulatorPort: 8280 })
    expect(simulatorOptions(['--gateway-port=7272'], { GATEWAY_PORT: '7171' })).toMatchObject({ gatewayPort: 7272 })
  })

  it('reads --production, --no-mini-program, and SIMULATOR_PORT for tests', () => {
    expect(startOptions(['--production'], { SIMULATOR_PORT: '8180' })).toMatchObject({ miniProgram: 'production', simulatorPort: 8180 })
    expect(startOptions(['--no-mini-program'], { SIMULATOR_PORT: '' })).toMatchObject({ miniProgram: 'none', simulatorPort: 5180 })
    expect(startOptions(['--production', '--no-mini-program'], {}).miniProgram).toBe('none')
  })

  it.each([['--help'], ['lan'], ['--port'], ['--lan=yes'], ['-p', '1'], ['--mini-program']])('rejects %s with one sentence in each language', (...args) => {
    expect(() => startOptions(args, {})).toThrow(/^不认识.*npm start -- 后面只能用 --lan、--port 端口号、--gateway-port 端口号、--simulator-port 端口号、--production 和 --no-mini-program。\nCannot read .*: npm start -- takes --lan, --port NUMBER, --gateway-port NUMBER, --simulator-port NUMBER, --production and --no-mini-program, nothing else\.$/)
  })

  it.each(['0', '65536', 'x', '80.5', '1e3', ' 80'])('rejects port %j', (port) => {
    expect(() => startOptions([`--port=${port}`], {})).toThrow(/--port must be a port number from 1 to 65535/)
    expect(() => startOptions([`--gateway-port=${port}`], {})).toThrow(/--gateway-port must be a port number/)
    expect(() => startOptions([], { GATEWAY_PORT: port })).toThrow(/GATEWAY_PORT must be a port number/)
    expect(() => startOptions([], { SIMULATOR_PORT: port })).toThrow(/SIMULATOR_PORT must be a port number/)
  })
})

describe('simulatorOptions', () => {
  it('needs none, and reads --lan, --port, --production and GATEWAY_PORT', () => {
    expect(simulatorOptions([], {})).toEqual({ lan: false, port: 5180, gatewayPort: 7070, isProduction: false })
    expect(simulatorOptions(['--lan', '--port', '8180', '--production'], { GATEWAY_PORT: '7171' })).toEqual({ lan: true, port: 8180, gatewayPort: 7171, isProduction: true })
  })

  it.each([['--no-mini-program'], ['--hots']])('rejects %s with one sentence in each language', (...args) => {
    expect(() => simulatorOptions(args, {})).toThrow(/^不认识.*npm run dev:simulator -- .*\nCannot read .*npm run dev:simulator -- takes --lan, --port NUMBER, --gateway-port NUMBER and --production, nothing else\.$/)
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

  it('is a public or a virtual one if there is no better, and undefined without a network', () => {
    expect(lanAddress({ eth0: [address('203.0.113.9')] })).toBe('203.0.113.9')
    expect(lanAddress({ docker0: [address('172.17.0.1')] })).toBe('172.17.0.1')
    expect(lanAddress({ lo: [address('127.0.0.1', { internal: true })], gone: undefined })).toBeUndefined()
    expect(lanAddress({})).toBeUndefined()
  })
})

describe('choosePorts', () => {
  const host = '127.0.0.1'
  /** A machine on which these ports are unavailable. */
  const machine = (refused: Readonly<Record<number, PortProblem>>): PortProbe => async (_, port) => refused[port]
  const range = (from: number, count: number, problem: PortProblem) => Object.fromEntries(Array.from({ length: count }, (_, index) => [from + index, problem]))

  it('skips a port in use', async () => {
    const holder = createServer()
    await new Promise<void>((resolve) => holder.listen(0, host, resolve))
    const { port } = holder.address() as AddressInfo
    const [free] = await choosePorts(host, 'npm start', [pagePort(port)])
    expect(free).toBeGreaterThan(port)
    await new Promise((resolve) => holder.close(resolve))
    expect(await choosePorts(host, 'npm start', [pagePort(port)])).toEqual([port])
  })

  it('skips reserved ports, and uses each port once', async () => {
    expect(await choosePorts(host, 'npm start', [pagePort(6000), gatewayPort(6002), simulatorPort(6000, '--simulator-port')], machine({ 6000: 'EACCES', 6001: 'EADDRINUSE' }))).toEqual([6003, 6002, 6004])
  })

  it('fails with one sentence that names every unavailable port, and the options that choose others', async () => {
    const refused = machine({ ...range(6100, 100, 'EACCES'), 6200: 'EADDRINUSE', 7071: 'EACCES' })
    await expect(choosePorts(host, 'npm start', [gatewayPort(7071), pagePort(6100), simulatorPort(6101, '--simulator-port')], refused)).rejects.toThrow(
      /^网关的端口 7071 被系统保留（EACCES），网页的端口 6100 到 6199 被系统保留（EACCES），模拟器的端口 6101 到 6200 被占用或被系统保留：请用 npm start -- --gateway-port 端口号 --port 端口号 --simulator-port 端口号 另选，.*。\nThe gateway's port 7071 is reserved by the system \(EACCES\), and the page's ports 6100 to 6199 are reserved by the system \(EACCES\), and the simulator's ports 6101 to 6200 are in use or reserved by the system: choose another with npm start -- --gateway-port NUMBER --port NUMBER --simulator-port NUMBER, or .*\.$/,
    )
  })

  it('does not ask to end a program if the system reserves the port', async () => {
    await expect(choosePorts(host, 'npm start', [gatewayPort(7071)], async () => 'EACCES')).rejects.toThrow(/：请用 npm start -- --gateway-port 端口号 另选。\n.*: choose another with npm start -- --gateway-port NUMBER\.$/)
    await expect(choosePorts(host, 'npm start', [gatewayPort(7071)], async () => 'EADDRINUSE')).rejects.toThrow(/ NUMBER, or end the program that holds it first/)
  })

  it('fails at the last port', async () => {
    await expect(choosePorts(host, 'npm start', [pagePort(65_534)], async () => 'EADDRINUSE')).rejects.toThrow("The page's ports 65534 to 65535 are in use")
  })

  it('fails for an address that this machine does not have', async () => {
    await expect(choosePorts('192.0.2.1', 'npm start', [pagePort(6100)])).rejects.toThrow('Cannot listen on port 6100 of 192.0.2.1 (EADDRNOTAVAIL).')
  })
})

describe('the banner', () => {
  const page = 'http://127.0.0.1:5173/'

  it('has a ready link for each of two users, with the user id before the hash', () => {
    const text = banner({ page, gateway: 'ws://127.0.0.1:7070/rtm', lan: false, hasSimulator: true })
    expect(text).toMatch(/^ {2}网页 Page +http:\/\/127\.0\.0\.1:5173\/$/m)
    expect(text).toContain(' http://127.0.0.1:5173/?uid=alice\n')
    expect(text).toContain(' http://127.0.0.1:5173/?uid=bob\n')
    expect(text).toContain(' ws://127.0.0.1:7070/rtm\n')
    expect(text).toContain('npm run dev:mp-weixin')
    expect(text).not.toContain('in use')
    expect(text).not.toContain('VITE_RTM_GATEWAY_URL')
  })

  it('names every unavailable port', () => {
    const text = (portInUse: number) => banner({ page, gateway: 'ws://127.0.0.1:7070/rtm', portInUse, lan: false, hasSimulator: true })
    expect(text(5172)).toContain('Port 5172 is in use or reserved, so 5173 was taken; npm start -- --port NUMBER chooses another.')
    expect(text(5170)).toContain('Ports 5170 to 5172 are in use')
  })

  it('says how the mini program reaches another gateway port', () => {
    expect(banner({ page, gateway: 'ws://127.0.0.1:7171/rtm', lan: false, hasSimulator: true })).toContain('VITE_RTM_GATEWAY_URL=ws://127.0.0.1:7171/rtm')
  })

  it('says how a mini program on a phone reaches the gateway', () => {
    expect(banner({ page, gateway: 'ws://192.168.1.5:7070/rtm', lan: true, hasSimulator: true })).toContain('VITE_RTM_GATEWAY_URL=ws://192.168.1.5:7070/rtm')
  })

  it('has neither gateway nor ready links for the cloud, where users log in with their own tokens', () => {
    const text = banner({ page, lan: true, hasSimulator: true })
    expect(text).not.toMatch(/uid=|ws:|VITE_RTM_GATEWAY_URL/)
    expect(text).toContain('VITE_RTM_BACKEND=agora')
  })
  it('says that the mini program is being built, or with the cloud why it is not', () => {
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
