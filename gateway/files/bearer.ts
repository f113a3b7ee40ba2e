/**
 * Bearers: signed proofs of who a user is, for the file server. The gateway issues them with its `ok`; every node with the same key can
 * check them, also a file server that runs alone.
 */
import { createHmac, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdir, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isValidId } from '../../src/chat/rtm-limits'
import { sameSecret } from '../secret'
import { isMissing } from './refusal'

export const BEARER_LIFETIME_MS = 24 * 3_600_000
const VERSION = 1
const KEY_BYTES = 32
/** A bearer of the longest user id has some 200 characters. */
const BEARER_MAX_LENGTH = 1_000

export interface Bearer {
  readonly bearer: string
  /** In ms since 1970. */
  readonly until: number
}

/** Returns a bearer that lives for {@link BEARER_LIFETIME_MS}. */
export function issueBearer(key: Buffer, uid: string, now: number): Bearer {
  const until = now + BEARER_LIFETIME_MS
  const content = Buffer.from(JSON.stringify({ u: uid, e: until, v: VERSION })).toString('base64url')
  return { bearer: `${content}.${sign(key, content)}`, until }
}

/** Returns the user id of a genuine bearer that has not expired, else undefined. */
export function readBearer(key: Buffer, bearer: string, now: number): string | undefined {
  if (bearer.length > BEARER_MAX_LENGTH) return undefined
  const [content = '', signature = '', ...others] = bearer.split('.')
  if (others.length > 0 || !sameSecret(signature, sign(key, content))) return undefined
  // Only a holder of the key has written this.
  const { u, e, v }: { u?: unknown; e?: unknown; v?: unknown } = JSON.parse(Buffer.from(content, 'base64url').toString())
  return v === VERSION && typeof e === 'number' && e > now && isValidId(u) ? u : undefined
}

function sign(key: Buffer, content: string): string {
  return createHmac('sha256', key).update(content).digest('base64url')
}

/** Reads the key of `--files-key-file`: 64 hexadecimal digits. Throws a sentence for a person. */
export function readFilesKey(file: string): Buffer {
  return keyOf(readText(file), `the file of --files-key-file, ${file},`)
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new Error(`cannot read the file of --files-key-file, ${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

/** Returns the key in the data folder, which is made at the first start; without a folder, a new one. */
export async function filesKey(dataDir: string | undefined): Promise<Buffer> {
  if (dataDir === undefined) return randomBytes(KEY_BYTES)
  const file = join(dataDir, 'files-key')
  try {
    return keyOf(await readFile(file, 'utf8'), `the file ${file}`)
  } catch (error) {
    if (!isMissing(error)) throw error
  }
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const key = randomBytes(KEY_BYTES)
  // `wx`: of two processes that start together, one fails instead of using another key.
  const handle = await open(file, 'wx', 0o600)
  try {
    await handle.writeFile(`${key.toString('hex')}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  return key
}

function keyOf(text: string, what: string): Buffer {
  if (!/^[\da-f]{64}$/i.test(text.trim())) throw new Error(`${what} does not hold 64 hexadecimal digits`)
  return Buffer.from(text.trim(), 'hex')
}
