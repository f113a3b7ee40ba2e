// What the user sees when a private function of WeChat needs consent: copying a message is one.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startInChromium, startInNode, type MiniProgram, type StartOptions } from '../../simulator/drive/driver'
import { useNetwork } from './network'
import { backToList, hears, idle, logIn, open, openMenu, say, startChat } from './people'

describe.each([
  ['in Node', startInNode],
  ['in Chromium', startInChromium],
] as const)('%s', (_host, start) => {
  const { phone } = useNetwork(start)

  async function inThread(options: StartOptions): Promise<MiniProgram> {
    const mp = await phone(options)
    await logIn(mp, 'alice')
    await startChat(mp, 'peer', 'bob')
    await say(mp, 'first')
    await say(mp, 'second')
    return mp
  }

  async function copy(mp: MiniProgram, index = 0): Promise<void> {
    await openMenu(mp, index)
    await mp.tap('menu-action', { action: 'copy' })
  }

  /** The messages of the program and WeChat. */
  const said = async (mp: MiniProgram) => (await mp.dialogs()).map(({ kind, options }) => `${kind}: ${String(options['title'])}${options['content'] ? ` | ${String(options['content'])}` : ''}`)
  const saysSomething = (mp: MiniProgram) => mp.waitFor('a word on it', async () => (await said(mp)).length > 0)
  const resolved = async (mp: MiniProgram) => (await mp.wxCalls('privacyResolve')).map(({ event, buttonId, referrer }) => [event, buttonId, referrer].filter(Boolean).join(' '))

  test('only WeChat itself reports a copy', async () => {
    const mp = await inThread({})
    await copy(mp)
    await saysSomething(mp)
    await idle(mp)
    expect(await said(mp)).toEqual(['toast: 内容已复制'])
  })

  test('if the console does not declare the clipboard, a sentence tells the team', async () => {
    const mp = await inThread({ privacy: 'undeclared', language: 'zh_CN' })
    await copy(mp)
    await saysSomething(mp)
    await idle(mp)
    const [sentence, ...others] = await said(mp)
    expect(sentence).toMatch(/^modal: 没能复制 \| .*《用户隐私保护指引》.*没有声明.*setClipboardData.*管理员.*docs\/WECHAT\.md/)
    expect(others).toEqual([])
    expect(await mp.count('privacy-popup')).toBe(0)
  })

  test('in English as well', async () => {
    const mp = await inThread({ privacy: 'undeclared', language: 'en' })
    await copy(mp)
    await saysSomething(mp)
    expect((await said(mp))[0]).toMatch(/^modal: Not copied \| .*privacy guideline.*does not declare.*setClipboardData.*administrator.*docs\/WECHAT\.md/)
  })

  test('asks once for the consent, and copies after the tap', async () => {
    const mp = await inThread({ privacy: 'declared' })
    await copy(mp)
    await mp.waitForCount('privacy-popup', 1)
    await mp.screenshot('privacy-popup')
    expect(await resolved(mp)).toEqual(['exposureAuthorization setClipboardData'])
    expect(await said(mp)).toEqual([])
    await mp.tap('privacy-agree')
    await saysSomething(mp)
    expect(await resolved(mp)).toEqual(['exposureAuthorization setClipboardData', 'agree privacy-agree setClipboardData'])
    await mp.waitForCount('privacy-popup', 0)
    await copy(mp, 1)
    await mp.waitFor('the second copy', async () => (await said(mp)).length === 2)
    await idle(mp)
    expect(await said(mp)).toEqual(['toast: 内容已复制', 'toast: 内容已复制'])
    expect((await mp.wxCalls('setClipboardData')).map(({ data }) => data)).toEqual(['first', 'second'])
  })

  test('a refusal shows a sentence to the user, and the next copy asks again', async () => {
    const mp = await inThread({ privacy: 'declared' })
    await copy(mp)
    await mp.waitForCount('privacy-popup', 1)
    await mp.tap('privacy-refuse')
    await saysSomething(mp)
    await mp.waitForCount('privacy-popup', 0)
    expect((await said(mp))[0]).toMatch(/^modal: 没能复制 \| .*没有同意.*“同意”/)
    await mp.answer('confirm')
    await copy(mp)
    await mp.waitForCount('privacy-popup', 1)
    await mp.tap('privacy-agree')
    await mp.waitFor('the copy', async () => (await said(mp)).length === 2)
    expect((await said(mp))[1]).toBe('toast: 内容已复制')
  })

  test('the contract can be read before the answer', async () => {
    const mp = await inThread({ privacy: 'declared' })
    await copy(mp)
    await mp.waitForCount('privacy-popup', 1)
    await mp.tap('privacy-contract')
    await mp.waitFor('the contract', async () => (await mp.wxCalls('openPrivacyContract')).length === 1)
    // As a page of WeChat's over the program may have it.
    await mp.raise('AppHide')
    await mp.raise('AppShow')
    await mp.answer('confirm')
    expect(await mp.count('privacy-popup')).toBe(1)
    await mp.tap('privacy-agree')
    await mp.waitFor('the copy', async () => (await said(mp)).includes('toast: 内容已复制'))
  })

  test('a page that is closed while it asks counts as a refusal', async () => {
    const mp = await inThread({ privacy: 'declared' })
    await copy(mp)
    await mp.waitForCount('privacy-popup', 1)
    await backToList(mp)
    await mp.waitFor('the refusal', async () => (await resolved(mp)).includes('disagree setClipboardData'))
    await saysSomething(mp)
    await mp.answer('confirm')
    await open(mp, 'peer:bob')
    await hears(mp, 'first')
    expect(await mp.count('privacy-popup')).toBe(0)
    await copy(mp)
    await mp.waitForCount('privacy-popup', 1)
  })
})

describe("with WeChat's own popup, in Node", () => {
  const { phone } = useNetwork(startInNode)

  test('a refusal shows the same sentence, and a consent copies', async () => {
    const mp = await phone({ dist: 'dist/test/mp-weixin-plain', privacy: 'declared' })
    await logIn(mp, 'alice')
    await startChat(mp, 'channel', 'general')
    await say(mp, 'first')
    const asked = () => mp.dialogs().then((dialogs) => dialogs.map(({ kind, options }) => `${kind}: ${String(options['title'])}`))
    const copy = async () => {
      await openMenu(mp)
      await mp.tap('menu-action', { action: 'copy' })
    }
    // WeChat's popup.
    await mp.answer('cancel')
    await copy()
    await mp.waitFor('the sentence', async () => (await asked()).length === 2)
    expect(await asked()).toEqual(['modal: 用户隐私保护提示', 'modal: 没能复制'])
    // WeChat asks again after 10 s.
    await mp.answer('confirm')
    await idle(mp)
    await mp.answer('confirm')
    await copy()
    await idle(mp)
    expect((await asked()).slice(2)).toEqual(['modal: 用户隐私保护提示', 'toast: 内容已复制'])
    expect(await mp.count('privacy-popup')).toBe(0)
    expect(await mp.wxCalls('privacyResolve')).toEqual([])
  })
})

describe('several calls at once, in Node', () => {
  const { phone } = useNetwork(startInNode)

  test.each([
    ['agree', 2, ['agree privacy-agree', 'agree privacy-agree']],
    ['refuse', 0, ['disagree', 'disagree']],
  ] as const)('all get the same answer: %s', async (answer, copies, expected) => {
    const mp = await phone({ privacy: 'declared' })
    await logIn(mp, 'alice')
    await startChat(mp, 'peer', 'bob')
    await say(mp, 'first')
    for (let calls = 1; calls <= 2; calls++) {
      await openMenu(mp)
      await mp.tap('menu-action', { action: 'copy' })
      await mp.waitFor('the call', async () => (await mp.wxCalls('privacyResolve')).length === calls)
    }
    expect(await mp.count('privacy-popup')).toBe(1)
    await mp.tap(`privacy-${answer}`)
    await idle(mp)
    expect((await mp.wxCalls('privacyResolve')).slice(2).map(({ event, buttonId }) => [event, buttonId].filter(Boolean).join(' '))).toEqual(expected)
    expect((await mp.dialogs()).filter(({ options }) => options['title'] === '内容已复制')).toHaveLength(copies)
  })
})

describe('without its subpackage, in Node', () => {
  const { phone } = useNetwork(startInNode)

  test('a copy fails with a sentence, and asks once the network is back', async () => {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'privacy-'))
    onTestFinished(() => fs.rmSync(dir, { recursive: true, force: true }))
    const first = await phone({ dir })
    await logIn(first, 'alice')
    await startChat(first, 'peer', 'bob')
    await say(first, 'https://example.com/')
    await idle(first)
    await first.close()
    const mp = await phone({ dir, online: false, privacy: 'declared' })
    await mp.waitForCount('conversation-row', 1)
    await mp.tap('conversation-row')
    await mp.waitForCount('message-link', 1)
    const refused = () => mp.dialogs().then((dialogs) => dialogs.filter(({ options }) => /没有同意/.test(String(options['content']))).length)
    await mp.tap('message-link')
    await mp.waitFor('a sentence', async () => (await refused()) === 1)
    expect(await mp.count('privacy-popup')).toBe(0)
    await mp.answer('confirm')
    await mp.setNetwork(true)
    await mp.tap('message-link')
    await mp.waitForCount('privacy-popup', 1)
    await mp.tap('privacy-agree')
    await mp.waitFor('the copy', async () => (await mp.wxCalls('setClipboardData')).some(({ data }) => data === 'https://example.com/'))
    expect(await refused()).toBe(1)
  })
})
