import { describe, expect, it } from 'vitest'
import { isLoopback, previewProblems, previewTarget, type PreviewFiles } from '../../../scripts/preview/checks'
import type { BuildSettings } from '../../../scripts/vite/settings'

const KEY = '-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----\n'
const good: BuildSettings = {
  WEIXIN_APP_ID: 'wx0123456789abcdef',
  WEIXIN_PRIVATE_KEY_PATH: 'private.wx.key',
  VITE_RTM_GATEWAY_URL: 'wss://chat.example.com/rtm',
}
const files: PreviewFiles = { read: (path) => (path === 'private.wx.key' ? KEY : undefined), hasSdk: false }
const problems = (change: BuildSettings, changedFiles: Partial<PreviewFiles> = {}) => previewProblems({ ...good, ...change }, { ...files, ...changedFiles })

describe('previewProblems', () => {
  it('finds none if everything is set', () => {
    expect(problems({})).toEqual([])
    expect(problems({ WEIXIN_ROBOT: '30' })).toEqual([])
    expect(problems({}, { read: () => KEY.replaceAll('RSA ', '') })).toEqual([])
    expect(problems({ VITE_RTM_BACKEND: 'agora', VITE_RTM_GATEWAY_URL: '' }, { hasSdk: true })).toEqual([])
  })

  it.each<[BuildSettings, RegExp]>([
    [{ WEIXIN_APP_ID: '' }, /^WEIXIN_APP_ID is missing.*开发管理/],
    [{ WEIXIN_APP_ID: undefined }, /^WEIXIN_APP_ID is missing/],
    [{ WEIXIN_APP_ID: 'touristappid' }, /^WEIXIN_APP_ID is wrong \("touristappid"\)/],
    [{ WEIXIN_APP_ID: 'wx0123456789ABCDEF' }, /^WEIXIN_APP_ID is wrong/],
    [{ WEIXIN_PRIVATE_KEY_PATH: '' }, /^WEIXIN_PRIVATE_KEY_PATH.*is missing.*小程序代码上传/],
    [{ WEIXIN_PRIVATE_KEY_PATH: 'gone.key' }, /^WEIXIN_PRIVATE_KEY_PATH names gone\.key, which is not there.*小程序代码上传/],
    [{ WEIXIN_ROBOT: '0' }, /^WEIXIN_ROBOT must be a whole number from 1 to 30, not "0"/],
    [{ WEIXIN_ROBOT: '31' }, /^WEIXIN_ROBOT/],
    [{ WEIXIN_ROBOT: '1.5' }, /^WEIXIN_ROBOT/],
    [{ WEIXIN_ROBOT: 'one' }, /^WEIXIN_ROBOT/],
    [{ VITE_RTM_GATEWAY_URL: '' }, /^The gateway address is not set.*a phone cannot reach/],
    [{ VITE_RTM_GATEWAY_URL: 'ws://127.0.0.1:7070/rtm' }, /^The gateway address ws:\/\/127\.0\.0\.1:7070\/rtm is this machine's loopback/],
    [{ VITE_RTM_BACKEND: 'agora' }, /^src\/lib\/rtm\.miniapp\.js is missing/],
  ])('has one sentence for %j', (change, sentence) => {
    const found = problems(change)
    expect(found).toHaveLength(1)
    expect(found[0]!.en).toMatch(sentence)
    expect(found[0]!.zh).toMatch(/\p{Script=Han}.*。$/u)
    expect(found[0]!.zh).not.toContain('\n')
    expect(found[0]!.en).not.toContain('\n')
  })

  it('recognises that a file is not a key', () => {
    expect(problems({}, { read: () => 'WEIXIN' })[0]!.en).toMatch(/^private\.wx\.key is not an upload key/)
  })

  it('names everything that is missing at once', () => {
    expect(previewProblems({}, files)).toHaveLength(3)
  })
})

describe('previewTarget', () => {
  it('uses robot 1 by default', () => {
    expect(previewTarget(good)).toEqual({ appId: 'wx0123456789abcdef', keyPath: 'private.wx.key', robot: 1 })
    expect(previewTarget({ ...good, WEIXIN_ROBOT: '' }).robot).toBe(1)
    expect(previewTarget({ ...good, WEIXIN_ROBOT: '7' }).robot).toBe(7)
  })
})

describe('isLoopback', () => {
  it.each(['ws://localhost:7070/rtm', 'ws://LOCALHOST', 'ws://a.localhost/', 'ws://127.0.0.1:7070', 'ws://127.9.9.9', 'ws://127.1/', 'ws://[::1]:7070', 'ws://0.0.0.0:7070', 'ws://[::ffff:127.0.0.1]/'])(
    '%s is',
    (url) => expect(isLoopback(url)).toBe(true),
  )
  it.each(['ws://192.168.1.5:7070/rtm', 'wss://chat.example.com/rtm', 'wss://127.example.com', 'wss://localhost.example.com', 'ws://10.127.0.1', 'no address'])('%s is not', (url) =>
    expect(isLoopback(url)).toBe(false),
  )
})
