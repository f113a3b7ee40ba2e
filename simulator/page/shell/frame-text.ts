/** Summarises a socket message: the kind of frame and its content. */

const TEXT_MAX = 160

export interface ReadFrame {
  /** The frame's `t`; '' if it is not a frame of the gateway. */
  readonly kind: string
  readonly rest: string
}

export function readFrame(text: string): ReadFrame {
  const frame = parse(text)
  if (!frame) return { kind: '', rest: short(text) }
  const { t, ...rest } = frame
  const pairs = Object.entries(rest).map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
  return { kind: t, rest: short(pairs.join('  ')) }
}

function parse(text: string): { t: string } | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && typeof (value as { t?: unknown }).t === 'string' ? (value as { t: string }) : undefined
  } catch {
    // It is not JSON: shown unchanged.
    return undefined
  }
}

function short(text: string): string {
  return text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text
}
