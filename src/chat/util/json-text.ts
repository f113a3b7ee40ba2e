/** The value of the JSON `text`, or undefined if it is not JSON. */
export function parseJsonText(text: unknown): unknown {
  if (typeof text !== 'string') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function isJsonText(text: string | undefined): text is string {
  return parseJsonText(text) !== undefined
}
