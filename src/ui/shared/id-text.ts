/** Messages about an id that the user types. */
import { idProblem } from '@/src/chat/rtm-limits'
import { idProblemKey } from '@/src/chat/session/login'
import { displayId } from '@/src/chat/text/names'
import { unseenCharacter } from '@/src/chat/text/written-text'
import { withoutEdgeSpaces } from '@/src/chat/text/typed-text'
import { t } from '@/src/locales'
import { confirm } from '@/src/platform/dialogs'

/** Why `id` is not a valid id, as a sentence. '' if it is. */
export function idProblemText(id: string): string {
  const problem = idProblem(id)
  if (!problem) return ''
  const character = problem === 'characters' ? unseenCharacter(id) : undefined
  return character === undefined ? t(idProblemKey(problem)) : t('id.unseen', { character })
}

/** A sentence about spaces at the ends of `id`, which keyboards add and readers miss. '' if there are none. */
export function idWord(id: string): string {
  const bare = withoutEdgeSpaces(id)
  return bare === undefined ? '' : t('id.spaces', { id: displayId(id), bare: displayId(bare) })
}

/** Asks whether spaces at the ends of `id` are intended. True if there are none. */
export async function isIdMeant(id: string): Promise<boolean> {
  const text = idWord(id)
  return text === '' || confirm({ title: t('id.spaces.title'), text, confirmText: t('id.spaces.confirm'), cancelText: t('common.cancel') })
}
