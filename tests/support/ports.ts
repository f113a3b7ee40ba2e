import { randomInt } from 'node:crypto'
import { createServer, type Server } from 'node:net'

/**
 * Systems give ports above this range to programs that ask for any free one or connect: a port in it stays free when its listener
 * has gone, so that another can take its place.
 */
const RANGE = { from: 20_000, to: 32_000 } as const

/** A port of this machine that no program listens on or is given by chance. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(RANGE.from, RANGE.to)
    const server = await hold(port).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') return undefined
      throw error
    })
    if (!server) continue
    await new Promise((resolve) => server.close(resolve))
    return port
  }
}

/** Listens on a port of the loopback interface; 0 for any. */
export function hold(port: number): Promise<Server> {
  const server = createServer()
  return new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', () => resolve(server)))
}
