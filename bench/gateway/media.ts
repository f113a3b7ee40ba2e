/**
 * The file server. `media.upload`: files by tus, in the parts that the product's client sends, until `finish` has answered, beside a bare HTTP PUT of the same
 * bytes to a server that writes them to a file; both in turns, over new connections. `ratio`: how many times as long the upload takes.
 * `media.picture`: `finish` of a photo of 12 megapixels: one that is kept as it is, and one with a place in it, which is encoded again.
 */
import { randomBytes } from 'node:crypto'
import { FileClient, ask } from '../../tests/support/file-client'
import { withExif } from '../../tests/support/wx-phone'
import type { Benchmark, Result } from '../bench'
import { photo } from '../fixture/photo'
import { median } from '../support/stats'
import { startServer, type ServerProcess } from './processes'

const MB = 1024 * 1024
/** The parts grow as those of a client on H5 with a fast connection (src/more/media/uploads.ts). */
const FIRST_PART_BYTES = 512 * 1024
const LARGEST_PART_BYTES = 8 * MB
const UPLOAD_RATIO = 1.3

export const media: Benchmark = {
  names: ['media.upload', 'media.picture'],
  budgets: [{ name: 'media.upload', figure: 'ratio', atMost: UPLOAD_RATIO }],
  async *run({ quick }): AsyncIterable<Result> {
    const [gateway, put] = await Promise.all([startServer('gateway'), startServer('put')])
    try {
      const client = await FileClient.login({ ...addressOf(gateway), url: gateway.url }, 'alice')
      const bytes = randomBytes((quick ? 2 : 50) * MB)
      const uploads: number[] = []
      const puts: number[] = []
      // The first of each loads and compiles code.
      for (let time = 0; time < (quick ? 2 : 8); time++) {
        uploads.push(await timeOf(async () => finish(client, await begin(client, 'file', bytes))))
        puts.push(await timeOf(async () => void (await ask(addressOf(put), '/', { method: 'PUT', body: bytes }))))
      }
      const [uploadMs, putMs] = [median(uploads.slice(1)), median(puts.slice(1))]
      const perSecond = (ms: number) => bytes.length / MB / (ms / 1000)
      yield { name: 'media.upload', n: bytes.length / MB, figures: { mbPerSecond: perSecond(uploadMs), putMbPerSecond: perSecond(putMs), ratio: uploadMs / putMs } }

      const [width, height] = quick ? ([400, 300] as const) : ([4_000, 3_000] as const)
      const kept: number[] = []
      const encoded: number[] = []
      for (let time = 0; time < (quick ? 1 : 5); time++) {
        kept.push(await finishTime(client, await photo(width, height)))
        encoded.push(await finishTime(client, withExif(await photo(width, height), 6)))
      }
      yield { name: 'media.picture', n: (width * height) / 1_000_000, figures: { keptMs: median(kept), encodedMs: median(encoded) } }
    } finally {
      await Promise.all([gateway.stop(), put.stop()])
    }
  },
}

/** Uploads in parts. */
async function begin(client: FileClient, kind: string, bytes: Uint8Array): Promise<string> {
  const created = await client.create({ kind, length: bytes.length })
  const address = created.headers.location ?? ''
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  let part = FIRST_PART_BYTES
  for (let from = 0; from < bytes.length; from += part, part = Math.min(part * 2, LARGEST_PART_BYTES)) {
    const { status } = await client.append(address, from, whole.subarray(from, from + part))
    if (status !== 204) throw new Error(`an upload was answered by ${status}`)
  }
  return address
}

async function finish(client: FileClient, address: string): Promise<void> {
  const { status, json } = await client.finish(address)
  if (status !== 200) throw new Error(`finish was answered by ${status} ${JSON.stringify(json)}`)
}

/** How long the server works on a picture that it has, ms. */
async function finishTime(client: FileClient, picture: Uint8Array): Promise<number> {
  const address = await begin(client, 'image', picture)
  return timeOf(() => finish(client, address))
}

async function timeOf(work: () => Promise<void>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

function addressOf({ url }: ServerProcess): { host: string; port: number } {
  const { hostname, port } = new URL(url)
  return { host: hostname, port: Number(port) }
}
