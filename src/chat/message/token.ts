/** An id or a kind on the wire: 1 to 64 printable ASCII characters, no space. */
export function isToken(value: unknown): value is string {
  return typeof value === 'string' && /^[!-~]{1,64}$/.test(value)
}
