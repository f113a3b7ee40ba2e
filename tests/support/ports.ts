import { randomInt } from 'node:crypto'
import { createServer, type Server } from 'node:net'

/**
 * Systems assign ports above this range to programs that ask for any free one or connect. A port in this range stays free after its listener has closed, so
 * that another can use it.
 */
const RANGE = { from: 20_000, to: 32_000 } as const

/** A free port of this machine that is not assigned to other programs by chance. */
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
