import type { Fields, KindBody, MessageKind } from '@/src/kinds/kind'

export interface DiceBody extends KindBody {
  readonly kind: 'dice'
  readonly eyes: number
}

const read = ({ eyes }: Fields): DiceBody | undefined => (Number.isInteger(eyes) && (eyes as number) >= 1 && (eyes as number) <= 6 ? { kind: 'dice', eyes: eyes as number } : undefined)

export const dice: MessageKind<DiceBody> = {
  name: 'dice',
  fields: ['eyes'],
  decode: read,
  encode: ({ eyes }) => ({ eyes }),
  parse: read,
  weight: () => 1,
  excerpt: ({ eyes }) => String(eyes),
  line: (excerpt) => `[🎲] ${excerpt}`,
}
