// Pictures in the compiled mini program with the backend `agora`: over the token server of docs/AGORA.md and a file server of the team's.
import { randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, test } from 'vitest'
import { startFileServer, type FileServer } from '../../gateway/files/server'
import { createLogger } from '../../gateway/logger'
import { BUILDS } from '../../scripts/test/builds'
import { startInNode, type MiniProgram } from '../../simulator/drive/driver'
import { STEPPED_CLOCK_START } from '../../simulator/drive/stepped-clock'
import { startDocumentedTokenServer, type TokenServerProcess } from '../support/documented-token-server'
import { useFolder } from '../support/folder'
import { samplePicture } from '../support/wx-phone'
import { useNetwork } from './network'
import { logIn, startChat } from './people'

const { env, output } = BUILDS.find(({ name }) => name === 'mp-weixin, Agora with files')!
const APP_ID = env['VITE_RTM_APP_ID']!
const KEY = randomBytes(32)
const network = useNetwork(startInNode, { appId: APP_ID, files: false })
const folder = useFolder()
let tokens: TokenServerProcess
let files: FileServer

beforeAll(async () => {
  tokens = await startDocumentedTokenServer({ APP_ID, APP_CERTIFICATE: 'fedcba9876543210fedcba9876543210', FILES_KEY: KEY.toString('hex') }, STEPPED_CLOCK_START - Date.now())
})
afterAll(() => tokens.stop())
beforeEach(async () => {
  files = await startFileServer({ folder: folder(), key: KEY, port: 0, clock: network.clock, log: createLogger('error') })
})
afterEach(() => files.close())

const phone = (): Promise<MiniProgram> => network.phone({ dist: output, hosts: { 'tokens.test:3000': tokens.host, 'files.test:7071': `127.0.0.1:${files.port}` } })

test('a picture goes with the bearer of the token server, and the other one loads it', async () => {
  const [a, b] = [await phone(), await phone()]
  await logIn(a, 'alice')
  await logIn(b, 'bob')
  await startChat(a, 'peer', 'bob')
  await startChat(b, 'peer', 'alice')
  await a.give([{ name: 'a.jpg', bytes: await samplePicture(400, 300) }])
  await a.tap('composer-attach')
  await a.waitForCount('attach-item', 1, { kind: 'image' })
  await a.tap('attach-item', { kind: 'image' })
  await b.waitForCount('message-image', 1)
  await b.tap('message-image')
  await b.waitFor('the picture in full', async () => (await b.wxCalls('previewMedia')).length === 1)
})
