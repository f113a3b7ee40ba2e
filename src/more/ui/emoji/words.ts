import type { Words } from '@/src/locales'

/** The words of the panel of emojis, which only this subpackage has. */
export const WORDS = {
  recent: { zh: '最近使用', en: 'Recently used' },
  people: { zh: '表情与人物', en: 'Smileys and people' },
  animals: { zh: '动物与自然', en: 'Animals and nature' },
  food: { zh: '食物与饮料', en: 'Food and drink' },
  travel: { zh: '旅行与地点', en: 'Travel and places' },
  activities: { zh: '活动', en: 'Activities' },
  objects: { zh: '物品', en: 'Objects' },
  symbols: { zh: '符号', en: 'Symbols' },
  flags: { zh: '旗帜', en: 'Flags' },
  tones: { zh: '肤色', en: 'Skin tones' },
  'tones.close': { zh: '收起肤色', en: 'Close the skin tones' },
  erase: { zh: '删除', en: 'Delete' },
} satisfies Readonly<Record<string, Words>>
