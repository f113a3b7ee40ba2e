import type { Words } from '@/src/locales'

/** The words about the files of messages, which only this subpackage has. */
export const WORDS = {
  image: { zh: '图片', en: 'Picture' },
  video: { zh: '视频', en: 'Video' },
  save: { zh: '保存', en: 'Save' },
  play: { zh: '没能播放', en: 'It could not be played' },
  open: { zh: '没能打开', en: 'It could not be opened' },
  broken: { zh: '文件打不开，可能已损坏。', en: 'The file cannot be opened. It may be damaged.' },
  tooLarge: { zh: '文件有 {size}，本机放不下。', en: 'The file has {size}: there is no room for it on this device.' },
  offline: { zh: '还没有下载完。请检查网络，再点一次。', en: 'It has not been downloaded. Check the network, then tap again.' },
} satisfies Readonly<Record<string, Words>>
