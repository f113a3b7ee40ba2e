import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os'
import { Refusal } from '../sentence'

// Bridges of containers and virtual machines and tunnels have private addresses too, but phones cannot reach them.
const VIRTUAL = /^(docker|br-|veth|virbr|vmnet|vboxnet|utun|tun|tap|wg|zt|tailscale)|vEthernet|VirtualBox|VMware/i
const PRIVATE = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/

/** This machine's IPv4 address in the local network, or undefined if it has none. */
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
