import { displayId } from '@/src/chat/text/names'
import { t } from '@/src/locales'
import { confirm } from '@/src/platform/dialogs'
import { isLoggedInElsewhere } from '@/src/platform/other-tabs'
import type { LoginQuestion } from '@/src/stores/chat'

/** H5: asks whether to log a user in in this tab. */
export async function askToLogIn({ uid, address, isElsewhere }: LoginQuestion): Promise<boolean> {
  const names = { uid: displayId(uid), current: displayId(address?.current ?? '') }
  const sentences = [
    ...(address ? [t(address.current === undefined ? 'login-question.address' : 'login-question.current', names)] : []),
    ...(isElsewhere === false ? [] : [t(isElsewhere ? 'login-question.elsewhere' : 'login-question.unknown', names)]),
  ]
  return confirm({
    title: t('login-question.title', names),
    text: sentences.join('\n'),
    confirmText: t('login.submit'),
    cancelText: t('common.cancel'),
  })
}

/** H5: resolves to whether the login page may log `uid` in. Asks if that would log out another tab. */
export async function mayLogIn(uid: string): Promise<boolean> {
  const isElsewhere = await isLoggedInElsewhere(uid)
  return !isElsewhere || askToLogIn({ uid, address: undefined, isElsewhere })
}
