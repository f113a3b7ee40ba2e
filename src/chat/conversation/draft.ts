/** What a composer holds besides its text, as it is stored with the draft. */
import { readCommonFields, type Quote } from '../message/common-fields'
import type { Mention } from '../message/mentions'
import { isToken } from '../message/token'
import { isCount, isRecord, isString } from '../util/checks'
import type { Fields } from '@/src/kinds/kind'

export interface DraftAbout {
  /** The message that the text answers. */
  readonly quote?: Quote
  /** The own message that the text is to replace. */
  readonly editing?: { readonly seq: number; readonly id: string }
  /** The users that were chosen to be mentioned. */
  readonly mentions?: readonly Mention[]
}

/** Reads the fields of a stored draft. Malformed ones are left out. */
export function readDraftAbout({ quote, editing, mentions }: Fields): DraftAbout {
  const known = readCommonFields({ quote })?.quote
  const target = isRecord(editing) && isCount(editing.seq) && isToken(editing.id) ? { seq: editing.seq, id: editing.id } : undefined
  const chosen = Array.isArray(mentions) ? (mentions as unknown[]).flatMap((each) => (isRecord(each) && isString(each.id) && isString(each.name) ? [{ id: each.id, name: each.name }] : [])) : []
  return { ...(known && { quote: known }), ...(target && { editing: target }), ...(chosen.length > 0 && { mentions: chosen }) }
}
