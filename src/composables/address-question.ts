import { displayId } from '@/src/chat/names'
import { t } from '@/src/locales'
import { confirm } from '@/src/platform/dialogs'
import type { AddressQuestion } from '@/src/stores/chat'

/** Asks whether the user that the address names may be logged in here. Resolves to false in the mini program, which has no address. */
export async function askAboutAddress({ uid, current }: AddressQuestion): Promise<boolean> {
  // #ifdef H5
  const name = displayId(uid)
  return confirm({
    title: t('address.title', { uid: name }),
    text: current === undefined ? t('address.elsewhere', { uid: name }) : t('address.another', { uid: name, current: displayId(current) }),
    confirmText: t('login.submit'),
    cancelText: t('common.cancel'),
  })
  // #endif
  // #ifdef MP-WEIXIN
  return false
  // #endif
}
