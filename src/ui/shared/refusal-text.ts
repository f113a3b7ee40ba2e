import { messageKey, t, type MessageKey } from '@/src/locales'
import type { Refused } from '@/src/platform/ask'
import { inform } from '@/src/platform/dialogs'

/**
 * Says what the platform refused, why, and what to do about it. A dialog, since a toast has room for half a sentence.
 * @param what what did not happen
 * @param instead another way to get it
 */
export async function tellRefusal(what: MessageKey, { reason, detail }: Refused, instead = ''): Promise<void> {
  const [call = ''] = detail.split(':')
  let why: MessageKey = `refusal.${reason}`
  // #ifdef H5
  why = messageKey(`${why}.browser`) ?? why
  // #endif
  await inform(t(what), t(why, { call, detail }) + instead, t('common.ok'))
}
