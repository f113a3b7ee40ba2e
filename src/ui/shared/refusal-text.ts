import { messageKey, t, type MessageKey, type Words } from '@/src/locales'
import type { Refused } from '@/src/platform/ask'
import { inform } from '@/src/platform/dialogs'

/**
 * Shows what the platform refused, why, and what to do about it. In a dialog, since a toast has room for half a sentence.
 * @param what the action that failed
 * @param instead another way to do it
 */
export async function tellRefusal(what: MessageKey | Words, { reason, detail }: Refused, instead = ''): Promise<void> {
  const [call = ''] = detail.split(':')
  let why: MessageKey = `refusal.${reason}`
  // #ifdef H5
  why = messageKey(`${why}.browser`) ?? why
  // #endif
  await inform(t(what), t(why, { call, detail }) + instead, t('common.ok'))
}
