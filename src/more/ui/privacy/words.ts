import type { Words } from '@/src/locales'

/** The words of the popup that asks for consent, which only this subpackage has. */
export const WORDS = {
  title: { zh: '用户隐私保护提示', en: 'Your privacy' },
  text: { zh: '这项功能要用到剪切板等信息。使用前，请阅读并同意隐私保护指引。不同意也可以聊天，只是不能使用这项功能。', en: 'This function uses the clipboard or other data of yours. Read the privacy guideline and agree to it first. You can chat without; only this function will not work.' },
  contract: { zh: '阅读《隐私保护指引》', en: 'Read the privacy guideline' },
  'contract.refused': { zh: '没能打开隐私保护指引', en: 'The privacy guideline could not be opened' },
  agree: { zh: '同意', en: 'Agree' },
  refuse: { zh: '不同意', en: 'Do not agree' },
} satisfies Readonly<Record<string, Words>>
