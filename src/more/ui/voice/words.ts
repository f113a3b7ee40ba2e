import type { Words } from '@/src/locales'

/** The words of the bar that records, which only this subpackage has. */
export const WORDS = {
  hold: { zh: '按住 说话', en: 'Hold to talk' },
  release: { zh: '松开 发送', en: 'Release to send' },
  slide: { zh: '上滑取消', en: 'Slide up to cancel' },
  cancel: { zh: '松开 取消', en: 'Release to cancel' },
  tooShort: { zh: '说话时间太短', en: 'Too short' },
  refused: { zh: '没能录音', en: 'Nothing could be recorded' },
  lost: { zh: '录音中断了，请再试一次。', en: 'The recording broke off. Try again.' },
  unsaved: { zh: '没能保存到本机，请清理空间后再试。', en: 'It could not be saved on this device. Free some space, then try again.' },
} satisfies Readonly<Record<string, Words>>
