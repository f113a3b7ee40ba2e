/** The parts of an upload: small at first, larger while the connection takes them quickly. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { setClock, systemClock } from '@/src/chat/time/clock'
import { createMedia } from '@/src/more/media'
import { startGateway, type Gateway } from '../../../gateway/server'
import { FileClient } from '../../support/file-client'
import { useFolder } from '../../support/folder'
import { TestClock } from '../../support/test-clock'
import { wxPhone } from '../../support/wx-phone'

const KB = 1024
const folder = useFolder()
let phone: ReturnType<typeof wxPhone>
let gateway: Gateway
let clock: TestClock
/** The bytes of each request with a body of bytes, and how long each takes, ms. */
let parts: number[]
let tookMs: number

beforeEach(async () => {
  gateway = await startGateway({ port: 0 })
  phone = wxPhone(folder())
  setClock((clock = new TestClock()))
  parts = []
  const storage = new Map<string, string>()
  const request = (options: { data?: unknown; success?: (answer: unknown) => void }) => {
    const isPart = options.data instanceof ArrayBuffer
    if (isPart) parts.push((options.data as ArrayBuffer).byteLength / KB)
    const success = async (answer: unknown) => {
      if (isPart) await clock.advance(tookMs)
      options.success?.(answer)
    }
    return phone.wx['request']!({ ...options, success })
  }
  vi.stubGlobal('wx', phone.wx)
  vi.stubGlobal('uni', { request, getStorageSync: (key: string) => storage.get(key) ?? '', setStorageSync: (key: string, text: string) => void storage.set(key, text), removeStorageSync: (key: string) => void storage.delete(key) })
})
afterEach(async () => {
  vi.unstubAllGlobals()
  setClock(systemClock)
  await gateway.close()
})

it.each([
  ['grow to 2 MB on a fast connection', 400, [512, 1024, 2048, 2048, 388]],
  ['stay small on a slow one', 1_000, [...Array.from({ length: 11 }, () => 512), 388]],
])('%s', async (_what, ms, expected) => {
  tookMs = ms
  const { bearer } = await FileClient.login(gateway, 'alice')
  phone.give({ name: 'a.bin', bytes: new Uint8Array(6020 * KB) })
  const { tempFiles } = (await phone.wx['chooseMessageFile']!({ count: 1 })) as { tempFiles: { path: string }[] }
  const media = createMedia()
  const local = await media.files.keep(tempFiles[0]!.path)
  const server = { base: `http://127.0.0.1:${gateway.port}`, bearer: async () => bearer }
  const { bytes } = await media.upload(server, { local, kind: 'file', mime: 'application/zip', name: 'a.bin' }, { onProgress: () => undefined, onStart: () => undefined })
  expect(bytes).toBe(6020 * KB)
  expect(parts).toEqual(expected)
})
