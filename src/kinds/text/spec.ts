import { isBlank, lineOf } from '@/src/chat/text/written-text'
import type { Fields, KindBody, MessageKind } from '../kind'

export interface TextBody extends KindBody {
  readonly kind: 'text'
  readonly text: string
}

const read = ({ text: words }: Fields): TextBody | undefined => (typeof words === 'string' ? { kind: 'text', text: words } : undefined)
const words = (body: TextBody) => body.text

export const text: MessageKind<TextBody> = {
  name: 'text',
  fields: ['text'],
  decode: read,
  encode: (body) => ({ text: body.text }),
  plain: words,
  parse: read,
  weight: (body) => body.text.length,
  excerpt: (body, maxLength) => lineOf(body.text, maxLength),
  line: (excerpt, t) => (isBlank(excerpt) ? t('thread.blank') : excerpt),
  copyText: words,
  searchText: words,
}
