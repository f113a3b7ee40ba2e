/**
 * A 32-bit hash of a text, the same on every device and in every version: FNV-1a over UTF-16 units, with MurmurHash3's last step, so that similar ids spread
 * evenly. Not for secrets.
 */
export function hash32(text: string, seed = 0x811c9dc5): number {
  let hash = seed
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
