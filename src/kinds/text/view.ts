import { linksIn, mayHaveLinks, type TextLink } from '@/src/chat/text/links'
import { drawnText, foldedText, isBlank, shownText } from '@/src/chat/text/written-text'
import { t } from '@/src/locales'
import { openLink } from '@/src/ui/shared/open-link'
// #ifdef H5
import { shownLink } from '@/src/ui/shared/shown-link'
// #endif
import type { KindView, RowState, RowValue, RowValues } from '../view'
import type { TextBody } from './spec'

/** Most rows have a text only. */
export interface TextRow {
  /** Absent if there are `parts`. */
  readonly text?: string
  /** 1: it has any of the others. */
  readonly special?: 1
  /** A class of its own. */
  readonly dim?: string
  /** 1: the row shows only the beginning of the text, and a button that unfolds it. */
  readonly fold?: 1
  /** A text with links. */
  readonly parts?: readonly TextPart[]
}

/** A link of a text, or what is between two of them. */
export interface TextPart extends Readonly<Record<string, RowValue | undefined>> {
  readonly words: string
  /** The number of the link in its text, from 1. Its address is looked up when it is tapped: it would double what is sent to the view. */
  readonly link?: number
  /** The address of the link, on H5 only. */
  readonly href?: string
}

export const view: KindView<TextBody> = {
  row,
  taps: {
    link({ text }, { value }) {
      const link = linksIn(drawnText(text))[Number(value) - 1]
      return link && openLink(link.href)
    },
  },
}

function row(body: TextBody, { isOpened }: RowState): TextRow & RowValues {
  if (isBlank(body.text)) return { text: t('thread.blank'), special: 1, dim: 'is-dim' }
  const folded = isOpened ? undefined : foldedText(body.text)
  const text = folded ?? shownText(body.text)
  const parts = mayHaveLinks(body.text) ? partsOf(text, drawnText(body.text)) : undefined
  if (!parts && folded === undefined) return { text }
  return { special: 1, ...(parts ? { parts } : { text }), ...(folded !== undefined && { dim: 'is-folded', fold: 1 as const }) }
}

/**
 * The parts of `shown`, which is the beginning of `drawn`, perhaps with closing bidi controls or `…`. A link that is cut with the text keeps its whole
 * address. Undefined without links.
 */
function partsOf(shown: string, drawn: string): readonly TextPart[] | undefined {
  let shared = 0
  while (shared < shown.length && shown.charCodeAt(shared) === drawn.charCodeAt(shared)) shared++
  const parts: TextPart[] = []
  let at = 0
  linksIn(drawn, shared).forEach((link, index) => {
    const end = Math.min(link.end, shared)
    const part = linkPart(shown.slice(link.start, end), link, index + 1)
    if (!part) return
    if (link.start > at) parts.push({ words: shown.slice(at, link.start) })
    parts.push(part)
    at = end
  })
  if (parts.length === 0) return undefined
  return at < shown.length ? [...parts, { words: shown.slice(at) }] : parts
}

function linkPart(words: string, { href }: TextLink, link: number): TextPart | undefined {
  // #ifdef H5
  const readable = shownLink(words, href)
  return readable === undefined ? undefined : { words: readable, link, href }
  // #endif
  // #ifdef MP-WEIXIN
  return { words, link }
  // #endif
}
