/**
 * Values are kept as JSON text on every platform: an adapter can tell a torn value from a whole one, nothing that is stored
 * is shared with its writer, and a reactive proxy, which a structured clone refuses, is written as what it stands for.
 */

/** The value that `text` stands for, or undefined when it is no JSON text. */
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
