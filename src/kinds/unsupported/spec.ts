import type { KindBody, MessageKind } from '../kind'

/** A message of a newer client, of another program or of a removed kind: this version cannot show it. */
export interface UnsupportedBody extends KindBody {
  readonly kind: 'unsupported'
  /** The stored body of an unknown kind. It is written back unchanged. */
  readonly record?: Readonly<Record<string, unknown>>
}

export const unsupported: MessageKind<UnsupportedBody> = {
  name: 'unsupported',
  parse: ({ record }) => (typeof record === 'object' && record !== null ? { kind: 'unsupported', record: record as UnsupportedBody['record'] & object } : { kind: 'unsupported' }),
  weight: () => 0,
  excerpt: () => '',
  line: (_excerpt, t) => t('thread.unsupported'),
}
