// Runs the examples of docs/AGORA.md and .env.example as they are printed.
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { readBearer } from '../../../gateway/files/bearer'
import { verifyToken } from '../../../gateway/token'
import { settingsProblem } from '../../../scripts/vite/settings'
import { startDocumentedTokenServer, type TokenServerProcess } from '../../support/documented-token-server'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const read = (file: string) => readFileSync(`${root}/${file}`, 'utf8')

describe('.env.example', () => {
  const lines = read('.env.example').split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  const settings = Object.fromEntries(lines.map((line) => line.split(/=(.*)/).slice(0, 2) as [string, string]))

  it('names every setting, with values that work unchanged', () => {
    expect(Object.keys(settings).sort()).toEqual([
      'VITE_MAP_URL', 'VITE_MEDIA_HOSTS', 'VITE_RTM_APP_ID', 'VITE_RTM_ATTACH', 'VITE_RTM_BACKEND', 'VITE_RTM_FILES_URL', 'VITE_RTM_GATEWAY_URL', 'VITE_RTM_TOKEN_URL', 'VITE_RTM_WIRE',
      'WEIXIN_APP_ID', 'WEIXIN_PRIVACY_POPUP', 'WEIXIN_PRIVATE_KEY_PATH', 'WEIXIN_ROBOT',
    ])
    expect(settingsProblem(settings)).toBeUndefined()
  })
})

describe.each(['docs/EXTENDING.md', 'docs/EXTENDING.zh-CN.md'])('%s', (file) => {
  const document = read(file)

  it.each(['words.ts', 'spec.ts', 'view.ts', 'Bubble.vue', 'page.vue', 'samples.ts'])('has all of %s, as the example has it', (name) => {
    const [, code] = new RegExp('^`' + name + '`\\n\\n```\\w+\\n([^]*?)\\n```$', 'm').exec(document) ?? []
    expect(code).toBe(read(`examples/order-card/${name}`).trimEnd())
  })

  it('has the code and the sections of the other language', () => {
    const parts = (text: string) => text.match(/^(?:#+|```[^]*?^```$)/gm)
    expect(parts(document)).toEqual(parts(read('docs/EXTENDING.md')))
  })
})

/** Functions that reach no data of the user: the file of the program, the phone's model, its pixels and its loudspeaker, and WeChat's own page of settings. */
const NOT_DECLARED = ['getFileSystemManager', 'getImageInfo', 'compressImage', 'createOffscreenCanvas', 'getDeviceInfo', 'onAudioInterruptionBegin', 'setInnerAudioOption', 'openSetting', 'saveFileToDisk'].map((name) => `wx.${name}`)

describe('docs/WECHAT.md', () => {
  const [zh = '', en = ''] = read('docs/WECHAT.md').split('\n# What a team')

  it("lists the program's private functions of WeChat, in a table of each language", () => {
    const files = ['src/platform/ask.ts', ...readdirSync(`${root}/src/platform/media`).map((name) => `src/platform/media/${name}`)]
    const called = files.flatMap((file) => [...read(file).matchAll(/\b(?:uni|wx)\.(\w+)\(/g)].map(([, name]) => `wx.${name}`))
    const asked = [...new Set(called)].filter((name) => !NOT_DECLARED.includes(name)).sort()
    const inTable = (text: string) => [...new Set([...text.matchAll(/^\|[^|]*\| (`wx\.[^|]*) \|/gm)].flatMap(([, cell = '']) => [...cell.matchAll(/wx\.\w+/g)].map(([name]) => name)))].sort()
    expect(asked.length).toBeGreaterThan(0)
    expect(inTable(zh)).toEqual(asked)
    expect(inTable(en)).toEqual(asked)
  })

  it('has the same number of sections and points in both languages', () => {
    const parts = (text: string) => text.match(/^(?:## \d\.|- )/gm)
    expect(parts(zh)).toEqual(parts(en))
  })
})

describe('docs/AGORA.md', () => {
  const document = read('docs/AGORA.md')
  let server: TokenServerProcess | undefined
  afterEach(() => server?.stop())

  it('has the same sections and domains in both languages', () => {
    const [zh, en] = document.split('\n# On Agora')
    const sections = (text: string) => text.match(/^## \d\./gm)
    const domains = (text: string) => text.match(/(https|wss):\/\/[\w.-]*agora[\w.-]*(:\d+)?/g)
    expect(sections(zh!)).toEqual(sections(en!))
    expect(domains(zh!)).toEqual(domains(en!))
  })

  it('has a token server that issues tokens which the mini program SDK accepts, and bearers which the file server accepts', async () => {
    const [appId, certificate, key] = ['0123456789abcdef0123456789abcdef', 'fedcba9876543210fedcba9876543210', randomBytes(32)]
    server = await startDocumentedTokenServer({ APP_ID: appId, APP_CERTIFICATE: certificate, FILES_KEY: key.toString('hex') })
    // 100% and a:b are legal user ids.
    const answer = await fetch(`http://${server.host}/token?uid=${encodeURIComponent('100% a:b')}`)
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    const { token, filesBearer } = (await answer.json()) as { token: string; filesBearer: string }
    expect(token.slice(0, 35)).toBe(`006${appId}`)
    expect(verifyToken(token, { appId, certificate, uid: '100% a:b', now: Date.now() })).toMatchObject({ ok: true })
    expect(verifyToken(token, { appId, certificate, uid: '100% A:b', now: Date.now() })).toMatchObject({ ok: false })
    expect(readBearer(key, filesBearer, Date.now())).toBe('100% a:b')
    expect(readBearer(key, filesBearer, Date.now() + 25 * 3_600_000)).toBeUndefined()
  })
})
