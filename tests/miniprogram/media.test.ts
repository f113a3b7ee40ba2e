// Pictures, videos and files between compiled mini programs, over a real file server: taken, kept, uploaded, sent, shown and opened.
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { startInChromium, startInNode, type MiniProgram } from '../../simulator/drive/driver'
import { samplePicture } from '../support/wx-phone'
import { choose } from './message-steps'
import { useNetwork } from './network'
import { backToList, hears, logIn, ME, open, say, startChat, texts, THREAD } from './people'

describe.each([
  ['in Node', startInNode],
  ['in Chromium', startInChromium],
] as const)('%s', (_host, start) => {
  const network = useNetwork(start, { rateLimits: false, files: {} })

  /** Alice and bob, each in the thread with the other. */
  async function pair(): Promise<readonly [alice: MiniProgram, bob: MiniProgram]> {
    const [alice, bob] = [await network.phone(), await network.phone()]
    await logIn(alice, 'alice')
    await logIn(bob, 'bob')
    await startChat(alice, 'peer', 'bob')
    await say(alice, '在吗')
    await open(bob, 'peer:alice')
    await hears(bob, '在吗')
    return [alice, bob]
  }

  async function attach(phone: MiniProgram, kind: string): Promise<void> {
    await phone.tap('composer-attach')
    await phone.waitForCount('attach-item', 1, { kind })
    await phone.tap('attach-item', { kind })
  }

  test('pictures from the album go in their order and are shown on both phones', async () => {
    const [alice, bob] = await pair()
    const pictures = await Promise.all([samplePicture(400, 300), samplePicture(300, 400, 'png')])
    await alice.give(pictures.map((bytes, index) => ({ name: `${index}.jpg`, bytes })))
    await attach(alice, 'image')
    await alice.waitForCount('message-image', 2)
    await say(alice, '看')
    await bob.waitForCount('message-image', 2)
    await hears(bob, '看')
    // The text that was written after them came after them.
    expect(await texts(bob)).toEqual(['在吗', '看'])
    await alice.waitForCount('message-progress', 0)
    await bob.screenshot('media-pictures')
    await alice.screenshot('media-pictures-own')
    await bob.back()
    await bob.waitForText('conversation-preview', '看')
  })

  test('a file arrives with its name and its bytes', async () => {
    const [alice, bob] = await pair()
    const bytes = Buffer.from('% 报告\n'.repeat(200_000))
    await alice.give([{ name: '第三季度报告.txt', bytes }])
    await attach(alice, 'file')
    await bob.waitForCount('message-file', 1)
    expect((await bob.element('message-file')).text).toContain('第三季度报告.txt')
    await bob.tap('message-file')
    // WeChat sends a file to a chat in a tap only: the first one has loaded it.
    await bob.waitFor('the sentence', async () => (await bob.dialogs()).some(({ options }) => options['title'] === '已下载，再点一次打开'))
    expect(await bob.wxCalls('shareFileMessage')).toEqual([])
    await bob.tap('message-file')
    await bob.waitFor('the file', async () => (await bob.wxCalls('shareFileMessage')).length > 0)
    expect(await bob.wxCalls('shareFileMessage')).toMatchObject([{ fileName: '第三季度报告.txt', filePath: expect.stringContaining(createHash('sha256').update(bytes).digest('hex').slice(0, 32)) as string }])
  })

  test('a picture that was chosen offline is kept, and goes once when the network is back', async () => {
    const [alice, bob] = await pair()
    await alice.setNetwork(false)
    await alice.give([{ name: 'a.jpg', bytes: await samplePicture(400, 300) }])
    await attach(alice, 'image')
    await alice.waitForCount('message-image', 1)
    await say(alice, '断网时写的')
    expect(await bob.count('message-image')).toBe(0)
    await alice.setNetwork(true)
    await bob.waitForCount('message-image', 1)
    await hears(bob, '断网时写的')
    expect(await bob.count('message-image')).toBe(1)
    expect([await alice.route(), await bob.route()]).toEqual([THREAD, THREAD])
  })

  // A phone in a browser does not find another gateway.
  test.runIf(start === startInNode)('a picture that was chosen after a start without the service goes when that is back', async () => {
    const [alice, bob] = await pair()
    await network.stopGateway()
    await alice.restart()
    await open(alice, 'peer:bob')
    await alice.give([{ name: 'a.jpg', bytes: await samplePicture(400, 300) }])
    await attach(alice, 'image')
    await alice.waitForCount('message-image', 1)
    await network.startGateway({ rateLimits: false, files: {} })
    await bob.waitForCount('message-image', 1)
  })

  test('Me → Storage says what the cached files of a conversation take, and clears them', async () => {
    const [alice, bob] = await pair()
    await alice.give([{ name: 'a.png', bytes: await samplePicture(400, 300, 'png') }])
    await attach(alice, 'image')
    await bob.waitForCount('message-image', 1)
    await bob.tap('message-image')
    await bob.waitFor('the picture in full', async () => (await bob.wxCalls('previewMedia')).length === 1)
    await backToList(bob)
    await bob.switchTab(ME)
    await bob.waitForCount('me-storage', 1)
    await bob.tap('me-storage')
    await bob.waitForCount('storage-media-row', 1, { id: 'peer:alice' })
    expect(await bob.text('storage-media-total')).toMatch(/^[\d.]+ (B|KB)$/)
    await bob.tap('storage-media-clear', { id: 'peer:alice' })
    await bob.waitForCount('storage-media-row', 0)
    await bob.waitForCount('storage-media-total', 0)
    // The message is still there.
    await bob.waitForCount('storage-row', 1, { id: 'peer:alice' })
  })

  test('a picture is saved to the album from its menu; a user who has refused the album is led to the settings', async () => {
    const [alice, bob] = await pair()
    const bytes = await samplePicture(400, 300)
    await alice.give([{ name: 'a.jpg', bytes }])
    await attach(alice, 'image')
    await bob.waitForCount('message-image', 1)
    await alice.waitForCount('message-progress', 0)
    const asked = async (title: string) => (await bob.dialogs()).filter(({ kind, options, waiting }) => kind === 'modal' && options['title'] === title && waiting).length === 1
    await bob.setPermission('scope.writePhotosAlbum', 'refused')
    await choose(bob, 'save')
    await bob.waitFor('the sentence', () => asked('没能保存'))
    expect(await bob.album()).toEqual([])
    await bob.answer('confirm')
    await bob.waitFor('the settings', () => asked('设置'))
    await bob.answer('confirm')
    await choose(bob, 'save')
    await bob.waitFor('the word', async () => (await bob.dialogs()).some(({ options }) => options['title'] === '已保存到相册'))
    const [saved, ...others] = await bob.album()
    expect([saved?.kind, others]).toEqual(['image', []])
    expect((await bob.wxCalls('saveImageToPhotosAlbum')).length).toBe(2)
    // The author has the same picture, and refuses the first question.
    await alice.setPermission('scope.writePhotosAlbum', 'ask')
    await alice.answer('cancel')
    await alice.answer('cancel')
    await choose(alice, 'save')
    await alice.waitFor('the sentence', async () => (await alice.dialogs()).some(({ options }) => options['title'] === '没能保存'))
    expect(await alice.wxCalls('openSetting')).toEqual([])
    expect(await alice.album()).toEqual([])
    expect([...(await alice.problems()), ...(await bob.problems())]).toEqual([])
  })

  test('the user who closes the album sends nothing', async () => {
    const [alice] = await pair()
    await alice.give('cancel')
    await attach(alice, 'image')
    await alice.waitForCount('attach-item', 4)
    expect(await alice.count('message-row')).toBe(1)
  })
})
