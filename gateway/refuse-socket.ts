import type { Duplex } from 'node:stream'

/** Answers a connection that is not to go on, an upgrade for one, and ends it. @param status as in `403 Forbidden` */
export function refuseSocket(socket: Duplex, status: string): void {
  // Node leaves such a socket without a listener, and a reset would end the process.
  socket.on('error', () => socket.destroy())
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy())
}
