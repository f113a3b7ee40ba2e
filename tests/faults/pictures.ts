/** The pictures of a fault run: real JPEGs and PNGs of 5 to 500 KB, the same for the same seed; what became of their bytes. */
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import sharp from 'sharp'
import type { Message } from '../../src/chat/message/message'
import type { GivenFile } from '../../simulator/drive/driver'
import { PEOPLE, type Uid } from './plan'
import type { Random } from './random'
import { saidIn, type Logs } from './verdict'

/** The share of messages that are pictures. */
export const PICTURE_SHARE = 0.1
const BYTES = [5_000, 500_000] as const
/** Bytes of a pixel of noise, about. */
const PIXEL_BYTES = { png: 3, jpg: 1.6 } as const

export interface Picture extends GivenFile {
  readonly sha256: string
}

/** Most of them are small. */
export async function pictureOf(random: Random): Promise<Picture> {
  const [least, most] = BYTES
  const wanted = least * (most / least) ** (random() ** 2)
  const kind = random() < 0.5 ? 'png' : 'jpg'
  const side = Math.max(32, Math.floor(Math.sqrt(wanted / PIXEL_BYTES[kind])))
  const noise = Buffer.alloc(side * side * 3)
  // A generator of its own: one call of `random` for each byte would take seconds.
  let state = Math.floor(random() * 2 ** 32) | 1
  for (let at = 0; at < noise.length; at++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    noise[at] = state & 0xff
  }
  const image = sharp(noise, { raw: { width: side, height: side, channels: 3 } })
  const bytes = await (kind === 'png' ? image.png() : image.jpeg({ quality: 90 })).toBuffer()
  return { name: `${side}.${kind}`, bytes, sha256: createHash('sha256').update(bytes).digest('hex') }
}

/** What became of the pictures' bytes. */
export interface PictureBytes {
  /** Received pictures whose bytes the store gives. */
  readonly equal: number
  /** Files in the caches of the phones. */
  readonly cached: number
  readonly findings: readonly string[]
}

/**
 * Loads each received picture that its author did not recall, and reads the caches of the phones: the bytes are those that the message names.
 * @param origin of the file server
 * @param dirOf the phone of a user
 */
export async function judgePictures(logs: Readonly<Record<Uid, Logs>>, origin: string, dirOf: (uid: Uid) => string): Promise<PictureBytes> {
  const findings: string[] = []
  let [equal, cached] = [0, 0]
  const all = PEOPLE.flatMap((uid) => [...logs[uid].values()].flat().map((message) => ({ uid, message })))
  const recalled = new Set(all.filter(({ message }) => message.amended?.recall).map(({ message }) => keyOf(message)))
  for (const { uid, message } of all) {
    const { body, from } = message
    if (body.kind !== 'image' || from === uid || recalled.has(keyOf(message))) continue
    const { url, sha256, bytes } = body as typeof body & { readonly url: string; readonly sha256: string; readonly bytes: number }
    const answer = await fetch(new URL(url, origin))
    const loaded = Buffer.from(await answer.arrayBuffer())
    if (answer.status === 200 && loaded.length === bytes && shaOf(loaded) === sha256) equal++
    else findings.push(`${uid}: ${saidIn(message)} of ${from}: the store answers ${answer.status} with ${loaded.length} bytes in place of ${bytes}`)
  }
  for (const uid of PEOPLE) {
    for (const { name, bytes } of cacheOf(dirOf(uid))) {
      if (shaOf(bytes).startsWith(name.replace(/\..*/, ''))) cached++
      else findings.push(`${uid}: ${name} in the cache has other bytes`)
    }
  }
  return { equal, cached, findings }
}

function keyOf({ from, id }: Message): string {
  return `${from} ${id}`
}

function shaOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function cacheOf(dir: string): { readonly name: string; readonly bytes: Buffer }[] {
  const folder = path.join(dir, 'usr/media-cache')
  return fs.existsSync(folder) ? fs.readdirSync(folder).map((name) => ({ name, bytes: fs.readFileSync(path.join(folder, name)) })) : []
}
