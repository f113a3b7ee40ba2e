import { t } from '@/src/locales'
import { copyText } from '@/src/platform/ask'
// #ifdef H5
import { toast } from '@/src/platform/dialogs'
// #endif
import { tellRefusal } from './refusal-text'

/** Puts `text` on the clipboard and shows the result. In WeChat, WeChat itself shows a success. */
export async function copy(text: string): Promise<void> {
  const copied = await copyText(text)
  // #ifdef H5
  if (copied.ok) toast(t('copy.done'))
  else await tellRefusal('copy.refused', copied, t('copy.by-hand'))
  // #endif
  // #ifdef MP-WEIXIN
  if (!copied.ok) await tellRefusal('copy.refused', copied)
  // #endif
}
