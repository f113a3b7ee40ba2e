import type { KindView } from '@/src/kinds/view'
import { toast } from '@/src/platform/dialogs'
import type { DiceBody } from './spec'

export const view: KindView<DiceBody> = {
  row: ({ eyes }) => ({ face: '⚀⚁⚂⚃⚄⚅'.charAt(eyes - 1) }),
  taps: { roll: ({ eyes }) => toast(`🎲 ${eyes}`) },
}
