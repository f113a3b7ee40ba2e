import { beforeEach, describe, expect, it, vi } from 'vitest'
import type * as Recording from '@/src/platform/media/record-voice'
import type * as Voices from '@/src/platform/media/play-voice'
import { openFile } from '@/src/platform/media/open-file'
import { showPreviews } from '@/src/platform/media/preview'
import { saveToAlbum } from '@/src/platform/media/save-to-album'
import { takeFiles } from '@/src/platform/media/take-file'
import { takePictures } from '@/src/platform/media/take-pictures'
import { takePlace } from '@/src/platform/media/take-place'
import { takeVideo } from '@/src/platform/media/take-video'
import { greyThumbhash, thumbhashOf } from '@/src/platform/media/thumbhash'
import { toGcj02 } from '@/src/platform/gcj02'
import { thumbHashToApproximateAspectRatio, thumbHashToRGBA } from 'thumbhash'
import { useFolder } from '../../../support/folder'
import { samplePicture, withExif, wxPhone, type WxPhoneOptions } from '../../../support/wx-phone'

const folder = useFolder()
const EMPTY = { files: [], left: [] }

/** The phone whose wx the modules call. */
function phoneOf(options: WxPhoneOptions = {}) {
  const phone = wxPhone(folder(), options)
  vi.stubGlobal('wx', phone.wx)
  return phone
}

beforeEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.resetModules()
})

describe('pictures', () => {
  it('are taken from the album in order, scaled to 1,920 px, each with its thumbhash', async () => {
    const phone = phoneOf()
    phone.give({ name: 'a.jpg', bytes: await samplePicture(60, 30) }, { name: 'b.png', bytes: await samplePicture(4_000, 2_000, 'png') })
    const taken = await takePictures()
    expect(taken).toMatchObject({
      ok: true,
      value: { left: [], files: [{ kind: 'image', width: 60, height: 30, mime: 'image/jpeg' }, { kind: 'image', width: 1920, height: 960, mime: 'image/jpeg' }] },
    })
    const files = taken.ok ? taken.value.files : []
    for (const { source, bytes, thumb = '' } of files) {
      expect(phone.bytes(source)).toHaveLength(bytes)
      expect(thumb.length).toBeLessThanOrEqual(36)
      expect(thumbHashToApproximateAspectRatio(Buffer.from(thumb, 'base64'))).toBeCloseTo(2, 0)
    }
    expect(phone.calls[0]).toMatchObject(['chooseMedia', { count: 9, mediaType: ['image'], sourceType: ['album'], sizeType: ['compressed'] }])
  })

  it('stay as they are where the original is wanted, with the size of the upright picture', async () => {
    const phone = phoneOf()
    const original = withExif(await samplePicture(2_400, 1_200), 6)
    phone.give({ name: 'a.jpg', bytes: original, isOriginal: true })
    const taken = await takePictures({ isOriginal: true, from: 'camera' })
    expect(taken).toMatchObject({ ok: true, value: { files: [{ width: 1200, height: 2400, bytes: original.length }] } })
    expect(phone.bytes(taken.ok ? taken.value.files[0]?.source : '')).toEqual(Buffer.from(original))
    expect(phone.calls[0]).toMatchObject(['chooseMedia', { sourceType: ['camera'], sizeType: ['original'] }])
  })

  it('that cannot be read are left out, and named', async () => {
    const phone = phoneOf()
    phone.give({ name: 'a.jpg', bytes: Buffer.from('no picture') }, { name: 'b.jpg', bytes: await samplePicture(4, 4) })
    expect(await takePictures()).toMatchObject({ ok: true, value: { files: [{ width: 4 }], left: [{ why: 'unreadable' }] } })
  })

  it('are none if the user cancels, and a refusal if WeChat refuses', async () => {
    const phone = phoneOf()
    phone.media.give('cancel')
    expect(await takePictures()).toEqual({ ok: true, value: EMPTY })
    phoneOf({ privacy: 'undeclared' })
    expect(await takePictures()).toMatchObject({ ok: false, reason: 'not-declared' })
    phoneOf().media.setPermission('scope.camera', 'refused')
    expect(await takePictures({ from: 'camera' })).toMatchObject({ ok: false, reason: 'no-permission' })
    vi.stubGlobal('wx', {})
    expect(await takePictures()).toMatchObject({ ok: false, reason: 'unsupported' })
  })
})

describe('a thumbhash', () => {
  it('has the colours of the picture', () => {
    const red = new Uint8Array(16 * 16 * 4).map((_, index) => (index % 4 === 0 || index % 4 === 3 ? 255 : 0))
    const { rgba } = thumbHashToRGBA(Buffer.from(thumbhashOf(16, 16, red), 'base64'))
    expect([rgba[0], rgba[1], rgba[2]].map((part) => Math.round((part ?? 0) / 16))).toEqual([16, 0, 0])
  })

  it('is grey, in the shape of the picture, where it has no pixels', () => {
    expect(thumbHashToApproximateAspectRatio(Buffer.from(greyThumbhash(3_000, 1_000), 'base64'))).toBeGreaterThan(2)
  })
})

describe('a video', () => {
  const video = { name: 'a.mp4', bytes: Buffer.from('video'), width: 640, height: 360 }

  it('has its length, its size and the thumbhash of its picture', async () => {
    phoneOf().give({ ...video, ms: 59_960, thumb: await samplePicture(64, 36) })
    expect(await takeVideo()).toMatchObject({ ok: true, value: { left: [], files: [{ kind: 'video', mime: 'video/mp4', ms: 59_960, width: 640, height: 360, bytes: 5, thumb: expect.stringMatching(/^.{20,36}$/) }] } })
  })

  it('of more than a minute is left out with its length', async () => {
    phoneOf().give({ ...video, ms: 61_500 })
    expect(await takeVideo()).toMatchObject({ ok: true, value: { files: [], left: [{ why: 'too-long', ms: 61_500 }] } })
  })
})

describe('files and places', () => {
  it('come with their names', async () => {
    const phone = phoneOf()
    phone.give({ name: '报价.pdf', bytes: Buffer.from('pdf') })
    expect(await takeFiles()).toMatchObject({ ok: true, value: { files: [{ kind: 'file', name: '报价.pdf', bytes: 3 }] } })
    phone.media.give('cancel')
    expect(await takeFiles()).toEqual({ ok: true, value: EMPTY })
  })

  it('come in WGS-84', async () => {
    const place = { lat: 31.2304, lng: 121.4737 }
    const moved = toGcj02(place)
    const phone = phoneOf({ app: { requiredPrivateInfos: ['chooseLocation'] } })
    phone.media.givePlace({ name: '人民广场', address: '黄浦区', latitude: moved.lat, longitude: moved.lng })
    const taken = await takePlace()
    expect(taken).toMatchObject({ ok: true, value: { name: '人民广场', address: '黄浦区' } })
    expect(taken.ok ? taken.value?.lat : 0).toBeCloseTo(place.lat, 6)
    phone.media.givePlace('cancel')
    expect(await takePlace()).toEqual({ ok: true, value: undefined })
    phoneOf()
    expect(await takePlace()).toMatchObject({ ok: false, detail: expect.stringContaining('requiredPrivateInfos') })
  })
})

describe('a recording', () => {
  async function recorder(options: WxPhoneOptions = {}) {
    vi.useFakeTimers()
    const phone = phoneOf(options)
    const { recordVoice } = await import('@/src/platform/media/record-voice') as typeof Recording
    const begin = async (listeners: Parameters<typeof recordVoice>[0] = {}) => {
      const starting = recordVoice(listeners)
      await vi.advanceTimersByTimeAsync(1)
      return starting
    }
    return { phone, begin }
  }

  it('is MP3 with its length and 32 levels, which rise and fall with the voice', async () => {
    const { phone, begin } = await recorder()
    const levels: number[] = []
    const recording = await begin({ onLevel: (level) => levels.push(level) })
    if (!recording.ok) throw new Error(recording.detail)
    await vi.advanceTimersByTimeAsync(2_100)
    const stopping = recording.value.stop()
    await vi.advanceTimersByTimeAsync(1)
    const voice = await stopping
    expect(voice).toMatchObject({ kind: 'voice', mime: 'audio/mpeg', ms: 2_088, levels: expect.stringMatching(/^[0-9a-v]{32}$/) })
    expect(phone.bytes(voice?.source)).toHaveLength(voice?.bytes ?? 0)
    expect(voice?.levels).toContain('0')
    expect(Math.max(...[...(voice?.levels ?? '')].map((digit) => parseInt(digit, 32)))).toBeGreaterThan(20)
    expect(Math.max(...levels)).toBeGreaterThan(0.5)
    expect(phone.calls[0]).toMatchObject(['recorderStart', { format: 'mp3', sampleRate: 16_000, numberOfChannels: 1, encodeBitRate: 24_000 }])
  })

  it('shorter than a second is none, and one can follow it', async () => {
    const { begin } = await recorder()
    for (const [ms, isVoice] of [[500, false], [1_500, true]] as const) {
      const recording = await begin()
      if (!recording.ok) throw new Error(recording.detail)
      await vi.advanceTimersByTimeAsync(ms)
      const stopping = recording.value.stop()
      await vi.advanceTimersByTimeAsync(1)
      expect((await stopping) !== undefined).toBe(isVoice)
    }
  })

  it('ends by itself after a minute, or when a call comes, and keeps what it has', async () => {
    const { phone, begin } = await recorder()
    for (const [ms, interrupt] of [[60_100, false], [5_000, true]] as const) {
      const onEnd = vi.fn()
      const recording = await begin({ onEnd })
      if (!recording.ok) throw new Error(recording.detail)
      await vi.advanceTimersByTimeAsync(ms)
      if (interrupt) phone.media.interrupted(true)
      await vi.advanceTimersByTimeAsync(1)
      expect(onEnd).toHaveBeenCalledOnce()
      expect((await recording.value.stop())?.ms).toBeGreaterThan(4_900)
    }
  })

  it('is refused in the words of WeChat', async () => {
    const { phone, begin } = await recorder({ permissions: 'ask' })
    phone.answers.push('cancel')
    expect(await begin()).toMatchObject({ ok: false, reason: 'no-permission', detail: 'operateRecorder:fail auth deny' })
  })
})

describe('voices', () => {
  async function player() {
    vi.useFakeTimers()
    let callComes = () => {}
    const phone = phoneOf()
    vi.stubGlobal('wx', { ...phone.wx, onAudioInterruptionBegin: (listener: () => void) => (callComes = listener) })
    const { VOICE_MP3 } = await import('../../../../simulator/wx/media/voice-sound')
    for (const name of ['a', 'b']) {
      const written = phone.fs['writeFile']?.({ filePath: `wxfile://usr/${name}.mp3`, data: VOICE_MP3, encoding: 'base64' })
      await vi.advanceTimersByTimeAsync(1)
      await written
    }
    return { phone, voices: (await import('@/src/platform/media/play-voice')) as typeof Voices, callComes: () => callComes() }
  }
  const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms)

  it('play one at a time, at the chosen speed, to their end', async () => {
    const { phone, voices } = await player()
    const ends: string[] = []
    voices.playVoice('wxfile://usr/a.mp3', { onEnd: (how) => ends.push(`a ${how}`) })
    await wait(500)
    voices.setVoiceSpeed(2)
    voices.playVoice('wxfile://usr/b.mp3', { onEnd: (how) => ends.push(`b ${how}`) })
    await wait(100)
    expect(phone.media.audio()).toMatchObject([{ state: 'destroyed' }, { state: 'playing', playbackRate: 2 }])
    await wait(1_200)
    expect(ends).toEqual(['a interrupted', 'b over'])
  })

  it('yield to a call, and move to the ear while they pause', async () => {
    const { phone, voices, callComes } = await player()
    const ends: string[] = []
    voices.playVoice('wxfile://usr/a.mp3', { onEnd: (how) => ends.push(how) })
    await wait(300)
    const moved = voices.setSpeaker(false)
    await wait(1)
    expect(await moved).toEqual({ ok: true })
    await wait(100)
    expect(phone.media.audio()).toMatchObject([{ state: 'playing', speakerOn: false }])
    callComes()
    expect(ends).toEqual(['interrupted'])
  })

  it('say so if they cannot be played', async () => {
    const { voices } = await player()
    const ends: string[] = []
    voices.playVoice('wxfile://usr/missing.mp3', { onEnd: (how) => ends.push(how) })
    await wait(10)
    expect(ends).toEqual(['failed'])
  })
})

describe('showing and saving', () => {
  it('opens the viewer with 50 on either side', async () => {
    const phone = phoneOf()
    const previews = Array.from({ length: 200 }, (_, index) => ({ kind: 'image', address: `http://127.0.0.1/${index}` }) as const)
    expect(await showPreviews(previews, 120)).toEqual({ ok: true })
    const [[, options]] = phone.calls as [[string, { sources: { url: string }[]; current: number }]]
    expect([options.sources.length, options.sources[options.current]?.url]).toEqual([101, 'http://127.0.0.1/120'])
  })

  it('saves to the album, or says that the user has refused it', async () => {
    const phone = phoneOf({ permissions: 'ask' })
    await phone.fs['writeFile']?.({ filePath: 'wxfile://usr/a.jpg', data: new Uint8Array(await samplePicture(2, 2)).buffer })
    phone.answers.push('cancel')
    expect(await saveToAlbum('image', 'wxfile://usr/a.jpg', 'a.jpg')).toMatchObject({ ok: false, reason: 'no-permission' })
    phone.media.setPermission('scope.writePhotosAlbum', 'allowed')
    expect(await saveToAlbum('image', 'wxfile://usr/a.jpg', 'a.jpg')).toEqual({ ok: true })
    expect(phone.media.album()).toHaveLength(1)
  })

  it('opens documents, and sends other files to a chat of WeChat', async () => {
    const phone = phoneOf()
    Object.assign(phone.wx, { getDeviceInfo: () => ({ platform: 'ios' }) })
    await phone.fs['writeFile']?.({ filePath: 'wxfile://usr/a', data: 'x' })
    expect(await openFile('wxfile://usr/a', '报价.PDF')).toEqual({ ok: true })
    expect(await openFile('wxfile://usr/a', 'a.zip')).toEqual({ ok: true })
    expect(phone.calls).toMatchObject([['openDocument', { fileType: 'pdf' }], ['shareFileMessage', { fileName: 'a.zip' }]])
  })
})
