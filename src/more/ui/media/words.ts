import type { Words } from '@/src/locales'

/** The words about the files of messages, which only this subpackage has. */
export const WORDS = {
  image: { zh: '图片', en: 'Picture' },
  video: { zh: '视频', en: 'Video' },
  ear: { zh: '听筒', en: 'Earpiece' },
  speaker: { zh: '扬声器', en: 'Loudspeaker' },
  speakerRefused: { zh: '没能切换', en: 'The sound stays where it is' },
  previous: { zh: '上一个', en: 'Previous' },
  next: { zh: '下一个', en: 'Next' },
  place: { zh: '{kind}，第 {place} 个，共 {count} 个', en: '{kind}, {place} of {count}' },
  missing: { zh: '{kind}打不开，可能已过期。', en: '{kind}: it cannot be opened. It may have expired.' },
  save: { zh: '保存', en: 'Save' },
  saved: { zh: '已保存到相册', en: 'Saved to the album' },
  noAlbum: { zh: '没有保存到相册的权限。请在设置里打开，然后再保存一次。', en: 'The album may not be written to. Allow it in the settings, then save again.' },
  settings: { zh: '去设置', en: 'Settings' },
  notSaved: { zh: '没能保存', en: 'It could not be saved' },
  play: { zh: '没能播放', en: 'It could not be played' },
  open: { zh: '没能打开', en: 'It could not be opened' },
  broken: { zh: '文件打不开，可能已损坏。', en: 'The file cannot be opened. It may be damaged.' },
  tooLarge: { zh: '文件有 {size}，本机放不下。', en: 'The file has {size}: there is no room for it on this device.' },
  tapAgain: { zh: '已下载，再点一次打开', en: 'Downloaded. Tap again to open it' },
  offline: { zh: '还没有下载完。请检查网络，再点一次。', en: 'It has not been downloaded. Check the network, then tap again.' },
} satisfies Readonly<Record<string, Words>>
