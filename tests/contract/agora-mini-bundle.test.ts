import { readFile } from 'node:fs/promises'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Script, createContext } from 'node:vm'
import { expect, it, onTestFinished } from 'vitest'
import { startGateway } from '../../gateway/server'
import { createAgoraMiniRtm } from '@/src/rtm/agora-mini'
import { LOCAL_APP_ID } from '@/src/rtm/local/frames'
import { connectSocket } from '../support/connect-socket'
import { buildMiniSdkDouble } from './doubles/build-mini-sdk'

it('the double of the SDK file works as one CommonJS file that uses nothing but wx.connectSocket', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mini-sdk-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const gateway = await startGateway({ port: 0 })
  onTestFinished(() => gateway.close())
  const file = join(folder, 'rtm.miniapp.js')
  await buildMiniSdkDouble(file, gateway.url)
  const module = { exports: {} }
  const context = createContext({ wx: { connectSocket }, module, setTimeout, clearTimeout, setInterval, clearInterval })
  new Script(await readFile(file, 'utf8')).runInContext(context)
  const client = createAgoraMiniRtm(module.exports).createInstance(LOCAL_APP_ID)
  await client.login({ uid: 'alice' })
  expect(await client.sendMessageToPeer({ text: 'hi' }, 'bob')).toEqual({ hasPeerReceived: false })
  await client.logout()
})
