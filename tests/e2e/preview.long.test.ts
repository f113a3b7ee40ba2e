// `npm run preview:mp-weixin` with a real build and a stand-in for npx, which records its arguments.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { commandEnv } from '../support/command-env'

const root = fileURLToPath(new URL('../..', import.meta.url))
const APP_ID = 'wx0123456789abcdef'

let dir: string
let npxLog: string
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'preview-'))
  npxLog = path.join(dir, 'npx.log')
  writeFileSync(path.join(dir, 'private.key'), '-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----\n')
  writeFileSync(path.join(dir, 'npx'), `#!/bin/sh\nprintf '%s\\n' "$*" >> '${npxLog}'\nexit "\${NPX_EXIT:-0}"\n`)
  chmodSync(path.join(dir, 'npx'), 0o755)
})
afterEach(() => rmSync(dir, { recursive: true }))

async function preview(settings: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/preview.ts'], {
    cwd: root,
    env: commandEnv({
      PATH: `${dir}${path.delimiter}${process.env.PATH}`,
      UNI_OUTPUT_DIR: path.join(dir, 'build'),
      VITE_RTM_BACKEND: 'local',
      VITE_RTM_GATEWAY_URL: 'ws://192.168.1.5:7070/rtm',
      WEIXIN_APP_ID: APP_ID,
      WEIXIN_PRIVATE_KEY_PATH: path.join(dir, 'private.key'),
      WEIXIN_ROBOT: '7',
      ...settings,
    }),
  })
  const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  const calls = existsSync(npxLog) ? readFileSync(npxLog, 'utf8').trim().split('\n') : []
  return { status, stdout, stderr, calls }
}

describe('npm run preview:mp-weixin', () => {
  it('builds the mini program under the team’s App ID and requests the code as an image and in the terminal', async () => {
    const { status, stdout, calls } = await preview({})
    expect(status).toBe(0)

    const build = path.join(dir, 'build')
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string }
    const common =
      `--yes miniprogram-ci@2.1.42 preview --project-path ${build} --private-key-path ${path.join(dir, 'private.key')} ` +
      `--appid ${APP_ID} --robot 7 --upload-version ${version} --enable-es6 --enable-es7 --enable-minify`
    expect(calls).toEqual([
      `${common} --qrcode-format image --qrcode-output-dest ${path.join(root, 'preview.jpg')}`,
      `${common} --qrcode-format terminal`,
    ])

    const project = JSON.parse(readFileSync(path.join(build, 'project.config.json'), 'utf8')) as { appid: string }
    expect(project.appid).toBe(APP_ID)
    expect(readFileSync(path.join(root, 'manifest.json'), 'utf8')).not.toContain(APP_ID)
    expect(stdout).toContain('The QR code is in preview.jpg too')
  }, 180_000)

  it('neither builds nor asks WeChat when a phone could not reach the gateway', async () => {
    const { status, stderr, calls } = await preview({ VITE_RTM_GATEWAY_URL: '' })
    expect(status).toBe(1)
    expect(stderr.trim().split('\n')).toHaveLength(2)
    expect(stderr).toContain('a phone cannot reach')
    expect(calls).toEqual([])
    expect(existsSync(path.join(dir, 'build'))).toBe(false)
  }, 60_000)

  it('names everything that is missing', async () => {
    const { status, stderr, calls } = await preview({ WEIXIN_APP_ID: '', WEIXIN_PRIVATE_KEY_PATH: '', WEIXIN_ROBOT: '31' })
    expect(status).toBe(1)
    for (const name of ['WEIXIN_APP_ID', 'WEIXIN_PRIVATE_KEY_PATH', 'WEIXIN_ROBOT']) expect(stderr).toContain(name)
    expect(calls).toEqual([])
  }, 60_000)

  it('says what to check when WeChat refuses', async () => {
    const { status, stderr, calls } = await preview({ NPX_EXIT: '2' })
    expect(status).toBe(1)
    expect(calls).toHaveLength(1)
    expect(stderr).toContain('WeChat did not accept the preview (miniprogram-ci ended with 2)')
    expect(stderr).toContain('IP')
  }, 180_000)
})
