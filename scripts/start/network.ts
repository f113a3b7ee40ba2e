import { createServer } from 'node:net'
import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os'
import { Refusal } from '../sentence'

// Bridges of containers and virtual machines and tunnels have private addresses too, but no phone is behind them.
const VIRTUAL = /^(docker|br-|veth|virbr|vmnet|vboxnet|utun|tun|tap|wg|zt|tailscale)|vEthernet|VirtualBox|VMware/i
const PRIVATE = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/

/** The IPv4 address by which other devices of the local network reach this machine, or undefined when it has none. */
export function lanAddress(interfaces: NodeJS.Dict<NetworkInterfaceInfo[]>): string | undefined {
  const candidates = Object.entries(interfaces).flatMap(([name, infos = []]) =>
    infos.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => ({ name, address })),
  )
  const score = ({ name, address }: { name: string; address: string }) => (VIRTUAL.test(name) ? 0 : 2) + (PRIVATE.test(address) ? 1 : 0)
  return candidates.sort((a, b) => score(b) - score(a))[0]?.address
}

/** The address to listen on with `--lan`. Throws a {@link Refusal} without a network. */
export function lanHost(): string {
  const address = lanAddress(networkInterfaces())
  if (address) return address
  throw new Refusal({
    zh: '这台机器没有局域网地址：连上 Wi-Fi 或网线后再用 --lan，或去掉 --lan 只在本机使用。',
    en: 'This machine has no LAN address: join a network before using --lan, or leave --lan out to stay on this machine.',
  })
}

/** The first port from `from` upwards that is free on `host`. */
export async function firstFreePort(host: string, from: number): Promise<number> {
  const last = Math.min(from + 99, 65_535)
  for (let port = from; port <= last; port++) if (await isFree(host, port)) return port
  throw new Refusal({
    zh: `端口 ${from} 到 ${last} 都被占用，请用 npm start -- --port 指定另一个。`,
    en: `The ports ${from} to ${last} are all in use; name another one with npm start -- --port.`,
  })
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false)
      else reject(error)
    })
    server.listen(port, host, () => server.close(() => resolve(true)))
  })
}
