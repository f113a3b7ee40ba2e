import { isRecord } from '@/src/chat/util/checks'
import type { KindBody, MessageKind } from '../kind'

/** A message that this version cannot show: of a newer client, another program or a removed kind. */
export interface UnsupportedBody extends KindBody {
  readonly kind: 'unsupported'
  /** The stored body of an unknown kind. It is written back unchanged. */
  readonly record?: Readonly<Record<string, unknown>>
  /** What its sender wants to be shown instead, not cleaned. */
  readonly alt?: string
}

export const unsupported: MessageKind<UnsupportedBody> = {
  name: 'unsupported',
  parse: ({ record }) => (isRecord(record) ? { kind: 'unsupported', record } : { kind: 'unsupported' }),
  weight: () => 0,
  excerpt: () => '',
  line: (_excerpt, t) => t('thread.unsupported'),
}
