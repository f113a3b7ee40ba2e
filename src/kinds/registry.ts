/**
 * The kinds of messages, one line each. The build reads the imports of this file, draws the view and the bubble of each folder
 * (scripts/vite/kind-views.ts), and takes the first kind as the one that most messages are of.
 */
import type { MessageKind } from './kind'
import { text } from './text/spec'
import { notice } from './notice/spec'
import { unsupported } from './unsupported/spec'

/** @public */
export const KINDS = { text, notice, unsupported }

/** The kind that most messages are of: the first one. */
export const USUAL_KIND: string = Object.keys(KINDS)[0] ?? ''

type BodyOf<Kind> = Kind extends MessageKind<infer Body> ? Body : never

/** What a message says: the body of one of the {@link KINDS}. */
export type MessageBody = BodyOf<(typeof KINDS)[keyof typeof KINDS]>

/** A kind whose bodies are known to be its own: {@link kindOf} gives the kind of a body. */
export type AnyKind = MessageKind<MessageBody>

const BY_NAME: ReadonlyMap<string, AnyKind> = new Map(Object.values(KINDS).map((kind) => [kind.name, kind as AnyKind]))

export function kindOf(body: MessageBody): AnyKind {
  return BY_NAME.get(body.kind) ?? (unsupported as AnyKind)
}

/** The kind that the wire or the disk calls `name`; undefined if this version does not know it. */
export function kindNamed(name: unknown): AnyKind | undefined {
  return BY_NAME.get(name as string)
}

/** How much of what others wrote a body holds in memory, UTF-16 units. */
export function weightOf(body: MessageBody): number {
  return kindOf(body).weight(body) + (body.raw?.length ?? 0)
}
