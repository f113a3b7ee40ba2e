import { displayId } from '@/src/chat/names'
import { t } from '@/src/locales'
import { confirm } from '@/src/platform/dialogs'
import type { AddressQuestion } from '@/src/stores/chat'

/** H5: asks whether the user that the address names may be logged in here. */
export async function askAboutAddress({ uid, current }: AddressQuestion): Promise<boolean> {
  const name = displayId(uid)
  return confirm({
    title: t('address.title', { uid: name }),
    text: current === undefined ? t('address.elsewhere', { uid: name }) : t('address.another', { uid: name, current: displayId(current) }),
    confirmText: t('login.submit'),
    cancelText: t('common.cancel'),
  })
}
