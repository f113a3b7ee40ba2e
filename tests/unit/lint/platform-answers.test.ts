import { describe, expect, it } from 'vitest'
import { messagesOf, typedMessagesOf } from './lint'

const RULE = 'rtm/platform-answers'
const LOOK = 'Look at the answer: it may be a refusal, which the user must hear of (tellRefusal).'

describe('what a platform can refuse', () => {
  it.each([
    ["uni.setClipboardData({ data: '' })", 'uni.setClipboardData'],
    ["wx['getClipboardData']({})", 'wx.getClipboardData'],
    ['const { setKeepScreenOn } = wx', 'wx.setKeepScreenOn'],
    ['uni.chooseImage({ success: use, fail: () => {} })', 'uni.chooseImage'],
    ["await navigator.clipboard.writeText('')", 'navigator.clipboard'],
    ['void window.navigator.storage.persist()', 'navigator.storage'],
    ["new Notification('')", 'Notification'],
    ['globalThis.Notification.requestPermission()', 'Notification.requestPermission'],
    ["document.execCommand('copy')", 'document.execCommand'],
  ])('is requested in platform/ask only: %s', async (code, name) => {
    expect(await messagesOf(RULE, 'src/platform/x.ts', code)).toEqual([`${name} can be refused: call it in src/platform/ask.ts, which answers with an Answer.`])
    expect(await messagesOf(RULE, 'src/ui/x/useX.ts', code)).toHaveLength(1)
    expect(await messagesOf(RULE, 'src/platform/ask.ts', code)).toEqual([])
  })

  it('is not everything that has a callback', async () => {
    expect(await messagesOf(RULE, 'src/platform/x.ts', "uni.showToast({ title: '' }); navigator.onLine; storage.persist(); x.setClipboardData({})")).toEqual([])
  })

  it('is not requested in a template', async () => {
    const vue = (attribute: string) => `<script setup lang="ts">\nimport { copyText } from '@/src/platform/ask'\nconst text = 'x'\n</script>\n<template><view ${attribute}>{{ text }}</view></template>\n`
    for (const attribute of ['@tap="copyText(text)"', '@tap="copyText"', '@tap="() => copyText(text)"']) {
      expect(await messagesOf(RULE, 'src/pages/x/x.vue', vue(attribute)), attribute).toEqual(['copyText answers: call it in the script, which looks at the answer.'])
    }
  })
})

describe('the answer', () => {
  const messages = (body: string) =>
    typedMessagesOf(RULE, 'src/ui/x/x.ts', `import { copyText, openPrivacyContract } from '@/src/platform/ask'\nconst wrapped = () => copyText('')\nexport async function f(each: (run: () => void) => void) {\n${body}\n}\n`)

  it.each([
    "await copyText('')",
    "void copyText('')",
    "copyText('').catch(() => {})",
    "copyText('').finally(() => {})",
    'openPrivacyContract()',
    'await wrapped()',
    "if (each) void copyText('')",
    "each && copyText('')",
    "each ? copyText('') : undefined",
    "each(() => copyText(''))",
    "each(() => void copyText(''))",
    "each(() => { return copyText('') })",
    "void copyText('').then(() => each(() => {}))",
    "copyText('').finally(() => {}).then((_answer) => each(() => {}))",
    "await wrapped().then(({}) => {})",
    "return copyText('').then(function () {})",
    "const run = () => {}\nreturn copyText('').then(run)",
    "await Promise.all([copyText(''), f(each)])",
    "void Promise.race([f(each), wrapped()])",
  ])('must be used: %s is reported', async (body) => expect(await messages(body)).toEqual([LOOK]))

  it.each([
    "const answer = await copyText('')\nif (!answer.ok) each(() => {})",
    "return copyText('')",
    "return (await copyText('')).ok",
    "void copyText('').then(({ ok }) => ok)",
    "void copyText('').then((answer) => answer.ok && each(() => {}))",
    "return copyText('').then(undefined, () => {})",
    "const use = (answer: unknown) => answer\nawait copyText('').then(use)",
    "const [answer] = await Promise.all([copyText('')])\nreturn answer",
    "await f(each).then(() => {})",
    'each(() => {})',
  ])('must be used: %s is not reported', async (body) => expect(await messages(body)).toEqual([]))
})
