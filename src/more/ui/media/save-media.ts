/** Saves the picture or video of a message to the phone's album, on H5 as a download. */
import { mediaFileName } from '@/src/chat/media/file-name'
import type { MediaBody } from '@/src/chat/media/media-kind'
import { t } from '@/src/locales'
import { saveToAlbum } from '@/src/platform/media/save-to-album'
import { tellRefusal } from '@/src/ui/shared/refusal-text'
// #ifdef MP-WEIXIN
import { confirm, toast } from '@/src/platform/dialogs'
import { openPermissions } from '@/src/platform/media/save-to-album'
// #endif
import { WORDS } from './words'

/** `address`: of the file on this device. `at`: when it was sent. A user without the permission is asked whether to open WeChat's settings. */
export async function saveMedia(address: string, at: number, { kind, mime }: MediaBody): Promise<void> {
  const what = kind === 'video' ? 'video' : 'image'
  const saved = await saveToAlbum(what, address, mediaFileName(t(WORDS[what]), at, mime))
  // #ifdef MP-WEIXIN
  if (saved.ok) return toast(t(WORDS.saved))
  if (saved.reason === 'no-permission') {
    const question = { title: t(WORDS.notSaved), text: t(WORDS.noAlbum), confirmText: t(WORDS.settings), cancelText: t('common.cancel') }
    if (!(await confirm(question))) return
    const opened = await openPermissions()
    if (!opened.ok) await tellRefusal(WORDS.notSaved, opened)
    return
  }
  // #endif
  if (!saved.ok) await tellRefusal(WORDS.notSaved, saved)
}
