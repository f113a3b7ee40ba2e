import { sha256 } from '@noble/hashes/sha2.js'

/** Read at a time, bytes. */
const PART_BYTES = 512 * 1024

/**
 * The SHA-256 of a file, as 64 hexadecimal digits. In JavaScript: a mini program has no digest of its own, and a browser has one in secure pages only.
 * @param read gives the bytes from `from` up to but not including `to`
 */
export async function sha256Of(bytes: number, read: (from: number, to: number) => Promise<ArrayBuffer>): Promise<string> {
  const hash = sha256.create()
  for (let from = 0; from < bytes; from += PART_BYTES) hash.update(new Uint8Array(await read(from, Math.min(from + PART_BYTES, bytes))))
  return hexOf(hash.digest())
}

export function hexOf(bytes: ArrayBuffer | Uint8Array): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
