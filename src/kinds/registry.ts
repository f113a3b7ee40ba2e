/**
 * The kinds of messages, one import each; the first must be the most frequent one. The build reads these imports and those of own.ts, and inserts the view
 * and the bubble of each folder into the program (scripts/vite/kind-views.ts).
 */
import type { MessageKind } from './kind'
import { OWN_KINDS } from './own'
import { text } from './text/spec'
import { image } from './image/spec'
import { voice } from './voice/spec'
import { video } from './video/spec'
import { file } from './file/spec'
import { card } from './card/spec'
import { location } from './location/spec'
import { notice } from './notice/spec'
import { record } from './record/spec'
import { unsupported } from './unsupported/spec'

/** @public */
export const KINDS = { text, image, voice, video, file, card, location, notice, record, unsupported, ...OWN_KINDS }

/** The most frequent kind: the first one. */
export const USUAL_KIND: string = Object.keys(KINDS)[0] ?? ''

type BodyOf<Kind> = Kind extends MessageKind<infer Body> ? Body : never

/** The content of a message: the body of one of the {@link KINDS}. */
export type MessageBody = BodyOf<(typeof KINDS)[keyof typeof KINDS]>

/** A kind of any body type. Pass it only bodies of its own: {@link kindOf} returns the kind of a body. */
export type AnyKind = MessageKind<MessageBody>

const BY_NAME: ReadonlyMap<string, AnyKind> = new Map(Object.values(KINDS).map((kind) => [kind.name, kind as AnyKind]))

/** The kind of a body, or `unsupported` if this version does not know it. */
export function kindOf(body: MessageBody): AnyKind {
  return BY_NAME.get(body.kind) ?? (unsupported as AnyKind)
}

/** The kind called `name` on the wire and on the disk. Undefined if this version does not know it. */
export function kindNamed(name: unknown): AnyKind | undefined {
  return BY_NAME.get(name as string)
}

/** The size of a body's text in memory, UTF-16 units. */
export function weightOf(body: MessageBody): number {
  return kindOf(body).weight(body) + (body.raw?.length ?? 0)
}
