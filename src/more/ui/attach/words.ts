import type { Words } from '@/src/locales'

/** The words of the panel of what can be sent, which only this subpackage has. */
export const WORDS = {
  image: { zh: '照片', en: 'Photos' },
  camera: { zh: '拍摄', en: 'Camera' },
  video: { zh: '视频', en: 'Video' },
  file: { zh: '文件', en: 'File' },
  location: { zh: '位置', en: 'Location' },
  original: { zh: '原图', en: 'Original' },
  send: { zh: '发送', en: 'Send' },
  sendMany: { zh: '发送（{count}）', en: 'Send ({count})' },
  cancel: { zh: '取消', en: 'Cancel' },
  caption: { zh: '添加说明', en: 'Add a caption' },
  remove: { zh: '去掉 {name}', en: 'Remove {name}' },
  refused: { zh: '没能打开', en: 'Could not be opened' },
  notTaken: { zh: '这些不能发送', en: 'These cannot be sent' },
  tooLong: { zh: '{name}：视频最长 60 秒，这段有 {length}。', en: '{name}: a video may last 60 seconds, this one lasts {length}.' },
  unreadable: { zh: '{name}：打不开，可能已损坏。', en: '{name}: cannot be opened, it may be damaged.' },
  heic: { zh: '{name}：不支持 HEIC 图片，请换成 JPEG。', en: '{name}: HEIC pictures are not supported. Choose a JPEG.' },
  empty: { zh: '{name}：是空文件。', en: '{name}: the file is empty.' },
  folder: { zh: '{name}：不能发送文件夹，请选择其中的文件。', en: '{name}: a folder cannot be sent. Choose the files in it.' },
  type: { zh: '{name}：这里不能发送这类文件。', en: '{name}: files of this type cannot be sent here.' },
  'too-many': { zh: '{name}：一次最多发送 9 个。', en: '{name}: at most 9 can be sent at once.' },
  others: { zh: '还有 {count} 个', en: 'and {count} more' },
  unsaved: { zh: '没能保存到本机，请清理空间后再试。', en: 'It could not be saved on this device. Free some space, then try again.' },
} satisfies Readonly<Record<string, Words>>
