import { createHash } from 'node:crypto'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { decodeText, encodeText, fromBase64, toBase64 } from '../../../simulator/wx/encodings'
import { mp3Duration } from '../../../simulator/wx/media/mp3'
import { pictureHeader } from '../../../simulator/wx/media/picture-header'
import { useFolder } from '../../support/folder'
import { samplePicture, withExif, wxPhone } from '../../support/wx-phone'

const folder = useFolder()
const refusal = (call: Promise<unknown> | undefined) => (call ?? Promise.reject(new Error('no such function'))).then(() => 'no refusal', (error: unknown) => error as { errMsg: string; errno?: number })
const OWN = 'wxfile://usr'
const buffer = (text: string) => new Uint8Array(Buffer.from(text)).buffer
const textOf = (data: unknown) => Buffer.from(data as ArrayBuffer).toString()

describe('files', () => {
  it('are read in parts, and not beyond their end', async () => {
    const { fs } = wxPhone(folder())
    await fs['writeFile']?.({ filePath: `${OWN}/a`, data: buffer('0123456789') })
    expect(textOf((await fs['readFile']?.({ filePath: `${OWN}/a`, position: 3, length: 4 }))?.['data'])).toBe('3456')
    expect(textOf((await fs['readFile']?.({ filePath: `${OWN}/a`, position: 7 }))?.['data'])).toBe('789')
    for (const range of [{ position: 8, length: 3 }, { position: 10 }, { position: -1 }, { length: 0 }]) {
      expect(await refusal(fs['readFile']?.({ filePath: `${OWN}/a`, ...range }))).toMatchObject({ errMsg: expect.stringContaining('readFile:fail Invalid argument'), errno: 1300022 })
    }
  })

  it('are copied, saved and counted, temporary ones not', async () => {
    const phone = wxPhone(folder(), { limits: { storageKey: 1, storage: 1, files: 25 } })
    const { fs } = phone
    phone.give({ name: 'a.pdf', bytes: Buffer.alloc(20, 1) }, { name: 'b.pdf', bytes: Buffer.alloc(20, 2) })
    const { tempFiles } = (await phone.wx['chooseMessageFile']?.({ count: 2 })) as { tempFiles: { path: string; name: string }[] }
    const [first, second] = tempFiles
    await fs['copyFile']?.({ srcPath: first?.path, destPath: `${OWN}/a` })
    expect(phone.bytes(`${OWN}/a`)).toEqual(Buffer.alloc(20, 1))
    expect(await refusal(fs['saveFile']?.({ tempFilePath: second?.path }))).toMatchObject({ errMsg: 'saveFile:fail the maximum size of the file storage limit is exceeded', errno: 1300202 })
    await fs['unlink']?.({ filePath: `${OWN}/a` })
    const saved = await fs['saveFile']?.({ tempFilePath: second?.path })
    expect(phone.bytes(saved?.['savedFilePath'])).toEqual(Buffer.alloc(20, 2))
    expect(await refusal(fs['copyFile']?.({ srcPath: first?.path, destPath: `${OWN}/a` }))).toMatchObject({ errno: 1300202 })
    expect(await refusal(fs['saveFile']?.({ tempFilePath: second?.path }))).toMatchObject({ errMsg: expect.stringContaining('tempFilePath file not exist') })
    expect(await refusal(fs['writeFile']?.({ filePath: first?.path, data: 'x' }))).toMatchObject({ errno: 1301000 })
    await fs['removeSavedFile']?.({ filePath: saved?.['savedFilePath'] })
    await fs['copyFile']?.({ srcPath: first?.path, destPath: `${OWN}/a` })
  })

  it('that are temporary are gone at the next start', async () => {
    const before = wxPhone(folder())
    before.give({ name: 'a.pdf', bytes: Buffer.from('a') }, { name: 'b.pdf', bytes: Buffer.from('b') })
    const { tempFiles } = (await before.wx['chooseMessageFile']?.({ count: 2 })) as { tempFiles: { path: string }[] }
    const saved = await before.fs['saveFile']?.({ tempFilePath: tempFiles[0]?.path, filePath: `${OWN}/kept` })
    const after = wxPhone(folder())
    expect(after.bytes(saved?.['savedFilePath']).toString()).toBe('a')
    expect(await refusal(after.fs['access']?.({ path: tempFiles[1]?.path }))).toMatchObject({ errno: 1300002 })
  })

  it('have a size and a digest', async () => {
    const { fs } = wxPhone(folder())
    await fs['writeFile']?.({ filePath: `${OWN}/a`, data: '你好' })
    expect(await fs['getFileInfo']?.({ filePath: `${OWN}/a`, digestAlgorithm: 'sha256' })).toMatchObject({ size: 6, digest: createHash('sha256').update('你好').digest('hex') })
  })

  it('are written and read in the encodings of WeChat', () => {
    const codec = { encode: (text: string) => new TextEncoder().encode(text), decode: (bytes: Uint8Array) => new TextDecoder().decode(bytes) }
    for (const length of [0, 1, 2, 3, 4, 255, 256]) {
      const bytes = Uint8Array.from({ length }, (_, index) => 255 - index)
      expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'))
      expect(fromBase64(toBase64(bytes))).toEqual(bytes)
      for (const encoding of ['hex', 'latin1', 'base64']) {
        expect(decodeText(codec, bytes, encoding)).toBe(Buffer.from(bytes).toString(encoding as BufferEncoding))
        expect(encodeText(codec, decodeText(codec, bytes, encoding), encoding)).toEqual(bytes)
      }
    }
    expect(() => decodeText(codec, new Uint8Array(1), 'utf-7')).toThrow('invalid encoding "utf-7"')
  })
})

describe('wx.request', () => {
  const closing: (() => void)[] = []
  afterEach(() => closing.splice(0).forEach((close) => close()))

  async function serve(answer: http.RequestListener): Promise<string> {
    const server = http.createServer(answer)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closing.push(() => {
      server.closeAllConnections()
      server.close()
    })
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  const call = (phone: ReturnType<typeof wxPhone>, name: string, options: object) => {
    let task: Record<string, (...args: unknown[]) => void> = {}
    const end = new Promise<Record<string, unknown>>((success, fail) => {
      task = phone.wx[name]?.({ ...options, success, fail }) as unknown as typeof task
    })
    return Object.assign(end, { task })
  }

  it('carries bytes in both directions, and the headers', async () => {
    const url = await serve((request, response) => {
      response.setHeader('Upload-Offset', String(request.headers['content-length']))
      request.pipe(response)
    })
    const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => index * 7)
    const request = call(wxPhone(folder()), 'request', { url, method: 'POST', data: bytes.buffer, responseType: 'arraybuffer' })
    const headers = vi.fn()
    request.task['onHeadersReceived']?.(headers)
    const { data, header, statusCode } = await request
    expect(statusCode).toBe(200)
    expect(new Uint8Array(data as ArrayBuffer)).toEqual(bytes)
    expect(header).toMatchObject({ 'upload-offset': '70000' })
    expect(headers).toHaveBeenCalledWith(expect.objectContaining({ header }))
  })

  it('has no PATCH, as in WeChat', async () => {
    const phone = wxPhone(folder())
    expect(await refusal(call(phone, 'request', { url: 'http://127.0.0.1:1/', method: 'PATCH' }))).toMatchObject({ errMsg: 'request:fail invalid request method "PATCH"' })
  })

  it.each(['HEAD', 'PUT', 'DELETE', 'OPTIONS'])('has %s', async (method) => {
    const seen: unknown[] = []
    const url = await serve((request, response) => {
      seen.push(request.method)
      response.writeHead(204, { 'upload-offset': '5' }).end()
    })
    expect(await call(wxPhone(folder()), 'request', { url, method })).toMatchObject({ statusCode: 204, header: { 'upload-offset': '5' } })
    expect(seen).toEqual([method])
  })

  it('ends in the middle where it is aborted or the network goes', async () => {
    let closed = 0
    const started: (() => void)[] = []
    const url = await serve((_, response) => {
      response.once('close', () => closed++)
      started.shift()?.()
    })
    const phone = wxPhone(folder())
    const start = (run: () => void) => started.push(run)
    const first = call(phone, 'request', { url })
    start(() => first.task['abort']?.())
    expect(await refusal(first)).toEqual({ errMsg: 'request:fail abort' })
    start(() => phone.requests.cut())
    expect(await refusal(call(phone, 'request', { url }))).toMatchObject({ errMsg: expect.stringMatching(/^request:fail (?!abort$)/) })
    await vi.waitFor(() => expect(closed).toBe(2))
  })

  it('downloads into a temporary file or where the program says', async () => {
    const url = await serve((request, response) => response.writeHead(request.url === '/none' ? 404 : 200, { 'content-type': 'image/png' }).end('bytes'))
    const phone = wxPhone(folder())
    const temporary = await call(phone, 'downloadFile', { url: `${url}/f/abc` })
    expect(temporary).toMatchObject({ statusCode: 200, tempFilePath: expect.stringMatching(/^wxfile:\/\/tmp_.*\.png$/) })
    expect(phone.bytes(temporary['tempFilePath']).toString()).toBe('bytes')
    expect(await call(phone, 'downloadFile', { url: `${url}/none`, filePath: `${OWN}/x` })).toMatchObject({ statusCode: 404, filePath: `${OWN}/x` })
    expect(phone.bytes(`${OWN}/x`).toString()).toBe('bytes')
    const full = wxPhone(folder(), { limits: { storageKey: 1, storage: 1, files: 7 } })
    expect(await refusal(call(full, 'downloadFile', { url, filePath: `${OWN}/y` }))).toMatchObject({ errno: 1300202 })
  })
})

describe('choosing', () => {
  it('gives temporary files with the real bytes', async () => {
    const phone = wxPhone(folder())
    const picture = await samplePicture(40, 20)
    phone.give({ name: 'a.jpg', bytes: picture }, { name: 'b.mp4', bytes: Buffer.from('video'), ms: 3_500, width: 640, height: 360, thumb: picture })
    const { tempFiles, type } = (await phone.wx['chooseMedia']?.({ sizeType: ['original'] })) as { tempFiles: Record<string, unknown>[]; type: string }
    expect(type).toBe('mix')
    expect(tempFiles).toMatchObject([{ fileType: 'image', size: picture.length }, { fileType: 'video', duration: 3.5, width: 640, height: 360, size: 5 }])
    expect(phone.bytes(tempFiles[0]?.['tempFilePath'])).toEqual(Buffer.from(picture))
    expect(phone.bytes(tempFiles[1]?.['thumbTempFilePath'])).toEqual(Buffer.from(picture))
  })

  it('compresses pictures unless the original is asked for, with the orientation applied and nothing else in them', async () => {
    const phone = wxPhone(folder())
    phone.give({ name: 'a.jpg', bytes: withExif(await samplePicture(2_000, 1_000), 6) })
    const { tempFiles } = (await phone.wx['chooseMedia']?.({ sizeType: ['compressed'] })) as { tempFiles: Record<string, unknown>[] }
    const bytes = phone.bytes(tempFiles[0]?.['tempFilePath'])
    expect(pictureHeader(bytes)).toEqual({ type: 'jpeg', width: 720, height: 1440, orientation: 1 })
    expect(bytes.includes('secret place')).toBe(false)
  })

  it('fails in the words of WeChat', async () => {
    const phone = wxPhone(folder())
    phone.media.give('cancel')
    expect(await refusal(phone.wx['chooseMedia']?.({}))).toEqual({ errMsg: 'chooseMedia:fail cancel' })
    expect(await refusal(phone.wx['chooseMedia']?.({ count: 21 }))).toMatchObject({ errMsg: expect.stringContaining('parameter.count') })
    expect(await refusal(phone.wx['chooseMedia']?.({ maxDuration: 61 }))).toMatchObject({ errMsg: expect.stringContaining('parameter.maxDuration') })
    phone.media.setPermission('scope.camera', 'refused')
    expect(await refusal(phone.wx['chooseMedia']?.({ sourceType: ['camera'] }))).toEqual({ errMsg: 'chooseMedia:fail system permission denied' })
    const undeclared = wxPhone(folder(), { privacy: 'undeclared' })
    expect(await refusal(undeclared.wx['chooseMessageFile']?.({ count: 1 }))).toMatchObject({ errno: 112 })
  })

  it('offers places only where app.json declares it', async () => {
    const place = { name: '人民广场', address: '黄浦区', latitude: 31.23, longitude: 121.47 }
    expect(await refusal(wxPhone(folder()).wx['chooseLocation']?.())).toEqual({ errMsg: 'chooseLocation:fail the api need to be declared in the requiredPrivateInfos field in app.json/ext.json' })
    const phone = wxPhone(folder(), { app: { requiredPrivateInfos: ['chooseLocation'] }, permissions: 'ask' })
    phone.answers.push('confirm')
    phone.media.givePlace(place)
    expect(await phone.wx['chooseLocation']?.()).toMatchObject(place)
    phone.media.givePlace('cancel')
    expect(await refusal(phone.wx['chooseLocation']?.())).toEqual({ errMsg: 'chooseLocation:fail cancel' })
  })
})

describe('permissions', () => {
  it('are asked for once, and kept over a restart', async () => {
    const phone = wxPhone(folder(), { permissions: 'ask' })
    phone.give({ name: 'a.jpg', bytes: await samplePicture(2, 2) })
    const { tempFiles } = (await phone.wx['chooseMedia']?.({})) as { tempFiles: Record<string, unknown>[] }
    const save = (on: typeof phone, filePath: unknown) => refusal(on.wx['saveImageToPhotosAlbum']?.({ filePath }))
    phone.answers.push('cancel')
    expect(await save(phone, tempFiles[0]?.['tempFilePath'])).toMatchObject({ errMsg: 'saveImageToPhotosAlbum:fail auth deny' })
    expect(await save(phone, tempFiles[0]?.['tempFilePath'])).toMatchObject({ errMsg: 'saveImageToPhotosAlbum:fail auth deny' })
    expect(phone.questions).toHaveLength(1)
    const [path] = [`${OWN}/kept.jpg`]
    await phone.fs['copyFile']?.({ srcPath: tempFiles[0]?.['tempFilePath'], destPath: path })
    const later = wxPhone(folder(), { permissions: 'ask' })
    expect(await later.wx['getSetting']?.()).toMatchObject({ authSetting: { 'scope.writePhotosAlbum': false } })
    later.answers.push('confirm')
    expect(await later.wx['openSetting']?.()).toMatchObject({ authSetting: { 'scope.writePhotosAlbum': true } })
    expect(await save(later, path)).toBe('no refusal')
    expect(later.media.album()).toEqual([{ kind: 'image', base64: later.bytes(path).toString('base64') }])
  })
})

describe('pictures', () => {
  it('tell their size and orientation, and are made smaller', async () => {
    const phone = wxPhone(folder())
    await phone.fs['writeFile']?.({ filePath: `${OWN}/a.jpg`, data: new Uint8Array(withExif(await samplePicture(400, 200), 6)).buffer })
    expect(await phone.wx['getImageInfo']?.({ src: `${OWN}/a.jpg` })).toMatchObject({ width: 400, height: 200, orientation: 'right', type: 'jpeg' })
    const { tempFilePath } = (await phone.wx['compressImage']?.({ src: `${OWN}/a.jpg`, compressedWidth: 50, quality: 70 })) as { tempFilePath: string }
    expect(pictureHeader(phone.bytes(tempFilePath))).toMatchObject({ width: 50, height: 100 })
    await phone.fs['writeFile']?.({ filePath: `${OWN}/b.jpg`, data: 'no picture' })
    expect(await refusal(phone.wx['getImageInfo']?.({ src: `${OWN}/b.jpg` }))).toEqual({ errMsg: 'getImageInfo:fail decode fail' })
    expect(await refusal(phone.wx['compressImage']?.({ src: `${OWN}/b.jpg` }))).toEqual({ errMsg: 'compressImage:fail decode fail' })
  })

  it('are drawn on a canvas that is not on the screen, which gives their pixels', async () => {
    const phone = wxPhone(folder())
    await phone.fs['writeFile']?.({ filePath: `${OWN}/a.png`, data: new Uint8Array(await samplePicture(40, 40, 'png')).buffer })
    const canvas = (phone.wx['createOffscreenCanvas'] as unknown as (options: object) => Canvas)({ type: '2d', width: 4, height: 4 })
    const image = canvas.createImage()
    await new Promise<void>((resolve, reject) => Object.assign(image, { onload: resolve, onerror: reject, src: `${OWN}/a.png` }))
    expect([image.width, image.height]).toEqual([40, 40])
    const context = canvas.getContext('2d')
    context.drawImage(image, 0, 0, 4, 4)
    expect([...context.getImageData(0, 0, 1, 1).data]).toEqual([255, 0, 0, 255])
    expect([...context.getImageData(3, 0, 1, 1).data]).toEqual([0, 255, 0, 255])
  })
})

interface Canvas {
  createImage(): { width: number; height: number }
  getContext(type: '2d'): { drawImage(image: object, x: number, y: number, width: number, height: number): void; getImageData(x: number, y: number, width: number, height: number): { data: Uint8ClampedArray } }
}

describe('sound', () => {
  afterEach(() => void vi.useRealTimers())

  type Manager = Record<string, (argument?: unknown) => void>
  const START = { duration: 60_000, sampleRate: 16_000, numberOfChannels: 1, encodeBitRate: 24_000, format: 'mp3', frameSize: 1 }

  it('is recorded as MP3 in frames, until it is stopped or over', async () => {
    vi.useFakeTimers()
    const phone = wxPhone(folder())
    const manager = (phone.wx['getRecorderManager'] as unknown as () => Manager)()
    const frames: ArrayBuffer[] = []
    const stopped = vi.fn()
    manager['onFrameRecorded']?.(({ frameBuffer }: { frameBuffer: ArrayBuffer }) => frames.push(frameBuffer))
    manager['onStop']?.(stopped)
    manager['start']?.(START)
    await vi.advanceTimersByTimeAsync(3_600)
    manager['stop']?.()
    await vi.advanceTimersByTimeAsync(1)
    const [{ tempFilePath, duration, fileSize }] = stopped.mock.calls[0] as [{ tempFilePath: string; duration: number; fileSize: number }]
    const bytes = phone.bytes(tempFilePath)
    expect([duration, fileSize, mp3Duration(bytes)]).toEqual([3_600, bytes.length, 3_600])
    expect(Buffer.concat(frames.map((frame) => Buffer.from(frame)))).toEqual(bytes)
    manager['start']?.({ ...START, duration: 1_000 })
    await vi.advanceTimersByTimeAsync(1_100)
    expect(stopped.mock.calls[1]?.[0]).toMatchObject({ duration: 1_008 })
  })

  it('is not recorded without permission, twice at once, or at a rate that WeChat lacks', async () => {
    const phone = wxPhone(folder(), { permissions: 'ask' })
    const manager = (phone.wx['getRecorderManager'] as unknown as () => Manager)()
    const failed = (run: () => void) =>
      new Promise<unknown>((resolve) => {
        manager['onError']?.(resolve)
        run()
      })
    phone.answers.push('cancel')
    expect(await failed(() => manager['start']?.(START))).toMatchObject({ errMsg: 'operateRecorder:fail auth deny' })
    expect(await failed(() => manager['start']?.({ ...START, encodeBitRate: 16_000 }))).toMatchObject({ errMsg: 'operateRecorder:fail invalid parameter' })
    expect(await failed(() => manager['stop']?.())).toMatchObject({ errMsg: 'operateRecorder:fail recorder not start' })
    phone.media.setPermission('scope.record', 'allowed')
    await new Promise((resolve) => {
      manager['onStart']?.(resolve)
      manager['start']?.(START)
    })
    expect(await failed(() => manager['start']?.(START))).toMatchObject({ errMsg: "operateRecorder:fail audio is recording, don't start record again" })
    manager['stop']?.()
  })

  it('is played at its speed, pauses for a call, and says why it cannot', async () => {
    vi.useFakeTimers()
    const phone = wxPhone(folder())
    const manager = (phone.wx['getRecorderManager'] as unknown as () => Manager)()
    const stopped = new Promise<string>((resolve) => manager['onStop']?.(({ tempFilePath }: { tempFilePath: string }) => resolve(tempFilePath)))
    manager['start']?.(START)
    await vi.advanceTimersByTimeAsync(4_000)
    manager['stop']?.()
    await vi.advanceTimersByTimeAsync(1)
    const context = (phone.wx['createInnerAudioContext'] as unknown as () => Manager & { src: string; playbackRate: number; duration: number })()
    const events: string[] = []
    for (const name of ['Play', 'Pause', 'Ended', 'Error']) context[`on${name}`]?.((detail: { errCode?: number }) => events.push(`${name}${detail.errCode ?? ''}`))
    Object.assign(context, { src: await stopped, playbackRate: 2 })
    context['play']?.()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(phone.media.audio()).toMatchObject([{ state: 'playing', playbackRate: 2, speakerOn: true }])
    phone.media.interrupted(true)
    await vi.advanceTimersByTimeAsync(5_000)
    expect(phone.media.audio()).toMatchObject([{ state: 'paused' }])
    context['play']?.()
    await vi.advanceTimersByTimeAsync(1_500)
    context.src = `${OWN}/missing.mp3`
    context['play']?.()
    await vi.advanceTimersByTimeAsync(10)
    expect(events).toEqual(['Play', 'Pause', 'Play', 'Ended', 'Error10003'])
    void phone.wx['setInnerAudioOption']?.({ speakerOn: false })
    await vi.advanceTimersByTimeAsync(1)
    expect(phone.media.audio()).toMatchObject([{ speakerOn: false }])
  })
})

describe('showing', () => {
  it('opens documents of the types that WeChat has, and only files that are there', async () => {
    const phone = wxPhone(folder())
    await phone.fs['writeFile']?.({ filePath: `${OWN}/a.pdf`, data: 'x' })
    await phone.fs['writeFile']?.({ filePath: `${OWN}/a.zip`, data: 'x' })
    const open = (name: string, options: object) => refusal(phone.wx[name]?.(options))
    expect(await open('openDocument', { filePath: `${OWN}/a.pdf` })).toBe('no refusal')
    expect(await open('openDocument', { filePath: `${OWN}/a.zip` })).toEqual({ errMsg: 'openDocument:fail filetype not supported' })
    expect(await open('shareFileMessage', { filePath: `${OWN}/b.zip` })).toMatchObject({ errno: 1300002 })
    expect(await open('previewMedia', { sources: [{ url: `${OWN}/a.pdf` }], current: 1 })).toMatchObject({ errMsg: expect.stringContaining('out of range') })
    expect(phone.calls.map(([name]) => name)).toEqual(['openDocument', 'openDocument', 'shareFileMessage', 'previewMedia'])
  })
})
