import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { backendOf, filesUrlOf, mediaHostsOf, readSettings, settingsProblem, type BuildSettings } from '../../../scripts/vite/settings'

const APP_ID = '0123456789abcdefABCDEF0123456789'
const problem = (settings: BuildSettings) => settingsProblem(settings)?.en

describe('settingsProblem', () => {
  it.each<[string, BuildSettings]>([
    ['nothing set', {}],
    ['empty values', { VITE_RTM_BACKEND: '', VITE_RTM_WIRE: '', VITE_RTM_APP_ID: '', VITE_RTM_GATEWAY_URL: '', VITE_RTM_TOKEN_URL: '' }],
    ['the local backend, plain', { VITE_RTM_BACKEND: 'local', VITE_RTM_WIRE: 'plain', VITE_RTM_GATEWAY_URL: 'ws://192.168.1.5:7070/rtm' }],
    ['an App ID for the local backend', { VITE_RTM_APP_ID: APP_ID }],
    ["WeChat's own privacy popup", { WEIXIN_PRIVACY_POPUP: 'wechat' }],
    ['the cloud', { VITE_RTM_BACKEND: 'agora', VITE_RTM_APP_ID: APP_ID, VITE_RTM_TOKEN_URL: 'https://example.com/token' }],
    ['a file server beside the cloud', { VITE_RTM_BACKEND: 'agora', VITE_RTM_APP_ID: APP_ID, VITE_RTM_TOKEN_URL: 'https://example.com/token', VITE_RTM_FILES_URL: 'https://files.example:8443/' }],
    ['a map and hosts of media', { VITE_MAP_URL: 'https://map.example/?p={lng},{lat}', VITE_MEDIA_HOSTS: 'media.example, *.cdn.example 10.0.0.1:8443' }],
  ])('accepts %s', (_, settings) => expect(settingsProblem(settings)).toBeUndefined())

  it.each<[BuildSettings, string]>([
    [{ VITE_RTM_BACKEND: 'Agora' }, 'VITE_RTM_BACKEND must be local or agora, not "Agora".'],
    [{ VITE_RTM_WIRE: 'json' }, 'VITE_RTM_WIRE must be rich or plain, not "json".'],
    [{ WEIXIN_PRIVACY_POPUP: 'none' }, 'WEIXIN_PRIVACY_POPUP must be own or wechat, not "none".'],
    [{ VITE_RTM_BACKEND: 'agora' }, 'VITE_RTM_APP_ID is missing'],
    [{ VITE_RTM_APP_ID: 'short' }, 'VITE_RTM_APP_ID is wrong ("short")'],
    [{ VITE_RTM_BACKEND: 'agora', VITE_RTM_APP_ID: APP_ID.slice(1) }, 'VITE_RTM_APP_ID is wrong'],
    [{ VITE_RTM_BACKEND: 'agora', VITE_RTM_APP_ID: `${APP_ID}0` }, 'VITE_RTM_APP_ID is wrong'],
    [{ VITE_RTM_BACKEND: 'agora', VITE_RTM_APP_ID: `${APP_ID}\n` }, 'VITE_RTM_APP_ID is wrong'],
    [{ VITE_RTM_BACKEND: 'agora', VITE_RTM_APP_ID: `<${APP_ID.slice(2)}>` }, 'VITE_RTM_APP_ID is wrong'],
    [{ VITE_RTM_GATEWAY_URL: 'http://192.168.1.5:7070' }, 'VITE_RTM_GATEWAY_URL must be an address that starts with ws:// or wss://'],
    [{ VITE_RTM_GATEWAY_URL: '192.168.1.5:7070' }, 'VITE_RTM_GATEWAY_URL must be'],
    [{ VITE_RTM_TOKEN_URL: '/token' }, 'VITE_RTM_TOKEN_URL must be an address that starts with http:// or https://'],
    [{ VITE_RTM_FILES_URL: 'https://files.example' }, 'VITE_RTM_FILES_URL needs VITE_RTM_TOKEN_URL'],
    [{ VITE_RTM_FILES_URL: 'https://files.example/chat', VITE_RTM_TOKEN_URL: 'https://a.example' }, 'VITE_RTM_FILES_URL must be an address such as https://files.example.com, without a path'],
    [{ VITE_RTM_FILES_URL: 'wss://files.example', VITE_RTM_TOKEN_URL: 'https://a.example' }, 'VITE_RTM_FILES_URL must be'],
    [{ VITE_MAP_URL: 'http://map.example/{lat},{lng}' }, 'VITE_MAP_URL must be an address that starts with https:// and has {lat} and {lng} in it'],
    [{ VITE_MAP_URL: 'https://map.example/{lat}' }, 'VITE_MAP_URL must be'],
    [{ VITE_MEDIA_HOSTS: 'media.example,https://cdn.example' }, '"https://cdn.example" in VITE_MEDIA_HOSTS is not a host'],
    [{ VITE_MEDIA_HOSTS: '*' }, '"*" in VITE_MEDIA_HOSTS'],
    [{ VITE_MEDIA_HOSTS: "media.example;script-src'" }, '"media.example;script-src\'" in VITE_MEDIA_HOSTS'],
  ])('rejects %j', (settings, start) => expect(problem(settings)?.startsWith(start)).toBe(true))

  it('reports each error in both languages', () => {
    const { zh, en } = settingsProblem({ VITE_RTM_WIRE: 'json' })!
    expect(zh).toMatch(/VITE_RTM_WIRE.*json.*。$/)
    expect(en).toMatch(/VITE_RTM_WIRE.*json.*\.$/)
  })
})

describe('backendOf', () => {
  it.each([[undefined, 'local'], ['', 'local'], ['local', 'local'], ['agora', 'agora']])('%s is %s', (value, backend) => {
    expect(backendOf({ VITE_RTM_BACKEND: value })).toBe(backend)
  })
})

describe('filesUrlOf', () => {
  it.each<[BuildSettings, string]>([
    [{}, ''],
    [{ VITE_RTM_FILES_URL: 'https://files.example' }, ''],
    [{ VITE_RTM_BACKEND: 'agora' }, ''],
    [{ VITE_RTM_BACKEND: 'agora', VITE_RTM_FILES_URL: 'https://files.example/' }, 'https://files.example'],
  ])('of %j is %s', (settings, url) => expect(filesUrlOf(settings)).toBe(url))
})

describe('mediaHostsOf', () => {
  it.each<[BuildSettings, string[]]>([
    [{}, []],
    [{ VITE_MEDIA_HOSTS: 'Media.example, b.example' }, ['media.example', 'b.example']],
    [{ VITE_RTM_GATEWAY_URL: 'wss://chat.example/rtm' }, ['chat.example']],
    [{ VITE_RTM_GATEWAY_URL: 'ws://10.0.0.1:7070/rtm', VITE_MEDIA_HOSTS: '' }, ['10.0.0.1:7070']],
    [{ VITE_RTM_GATEWAY_URL: 'wss://chat.example/rtm', VITE_MEDIA_HOSTS: 'media.example' }, ['media.example']],
    [{ VITE_RTM_BACKEND: 'agora', VITE_RTM_GATEWAY_URL: 'wss://chat.example/rtm' }, []],
  ])('of %j are %j', (settings, hosts) => {
    expect(mediaHostsOf(settings)).toEqual(hosts)
  })
})

describe('readSettings', () => {
  let root: string
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'settings-'))
    for (const name of ['VITE_RTM_BACKEND', 'VITE_RTM_WIRE', 'WEIXIN_ROBOT']) vi.stubEnv(name, undefined)
  })
  afterEach(() => {
    vi.unstubAllEnvs()
    rmSync(root, { recursive: true })
  })

  it('prefers .env.local to .env, and the environment to both', () => {
    writeFileSync(path.join(root, '.env'), 'VITE_RTM_BACKEND=agora\nVITE_RTM_WIRE=plain\nWEIXIN_ROBOT=1\n')
    writeFileSync(path.join(root, '.env.local'), 'VITE_RTM_WIRE=rich\nWEIXIN_ROBOT=2\n')
    vi.stubEnv('WEIXIN_ROBOT', '3')
    expect(readSettings('production', root)).toMatchObject({ VITE_RTM_BACKEND: 'agora', VITE_RTM_WIRE: 'rich', WEIXIN_ROBOT: '3' })
  })

  it('lets an empty variable of the environment override a file', () => {
    writeFileSync(path.join(root, '.env'), 'VITE_RTM_BACKEND=agora\n')
    vi.stubEnv('VITE_RTM_BACKEND', '')
    expect(backendOf(readSettings('production', root))).toBe('local')
  })
})
