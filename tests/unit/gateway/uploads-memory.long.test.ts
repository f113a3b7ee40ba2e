/** Many large uploads at once must not fill the memory of the gateway: their bytes go from the socket to the disk. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, it } from 'vitest'
import { GatewayProcess } from '../../faults/gateway-process'
import { FileClient } from '../../support/file-client'

const MB = 1024 * 1024
const UPLOADS = 100
const UPLOAD_BYTES = 20 * MB
const GROWTH_MAX = 256 * MB
/** Each user has a quota of a day. */
const USERS = 20
/** A request, as the client sends them. */
const CHUNK_BYTES = 512 * 1024

it('stays below 256 MB above idle while 100 uploads of 20 MB run', { timeout: 600_000 }, async () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'uploads-memory-'))
  const gateway = new GatewayProcess(path.join(dir, 'gateway'))
  try {
    await gateway.start()
    const { hostname: host, port } = new URL(gateway.url)
    const clients = await Promise.all(Array.from({ length: USERS }, (_, user) => FileClient.login({ host, port: Number(port), url: gateway.url }, `user-${user}`)))
    const upload = async (number: number) => {
      const client = clients[number % USERS]!
      const created = await client.create({ length: UPLOAD_BYTES, name: `${number}.bin`, mime: 'application/octet-stream' })
      expect(created.status).toBe(201)
      const address = created.headers.location!
      // Each file has other bytes, or the store would keep them once.
      const chunk = Buffer.alloc(CHUNK_BYTES, number + 1)
      for (let offset = 0; offset < UPLOAD_BYTES; offset += CHUNK_BYTES) {
        expect((await client.append(address, offset, chunk)).status).toBe(204)
        peak = Math.max(peak, gateway.residentBytes())
      }
      expect((await client.finish(address)).json).toMatchObject({ bytes: UPLOAD_BYTES })
      peak = Math.max(peak, gateway.residentBytes())
    }
    const idle = gateway.residentBytes()
    let peak = idle
    await Promise.all(Array.from({ length: UPLOADS }, (_, number) => upload(number)))
    process.stdout.write(`the gateway: ${Math.round(idle / MB)} MB idle, ${Math.round((peak - idle) / MB)} MB more during ${UPLOADS} uploads\n`)
    expect(peak - idle).toBeLessThan(GROWTH_MAX)
  } finally {
    await gateway.kill()
    fs.rmSync(dir, { recursive: true, force: true })
  }
})
