// Makes the system refuse the ports in RESERVED_PORTS, as Windows does with ranges that Hyper-V reserves. Root may listen on every port of Linux.
import { Server } from 'node:net'

const reserved = new Set((process.env.RESERVED_PORTS ?? '').split(',').map(Number))
const { listen } = Server.prototype
Server.prototype.listen = function (...args) {
  const port = typeof args[0] === 'object' ? args[0]?.port : args[0]
  if (!reserved.has(Number(port))) return listen.apply(this, args)
  const error = Object.assign(new Error(`listen EACCES: permission denied 127.0.0.1:${port}`), { code: 'EACCES', syscall: 'listen', port })
  process.nextTick(() => this.emit('error', error))
  return this
}
