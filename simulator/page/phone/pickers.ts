/** What WeChat's choosers are in a browser: its own file input. The map is a fixed place. */
import type { GivenFile, GivenPlace } from '../../drive/driver'
import type { WantedFiles } from '../../runtime/types'
import type { TextKey } from '../texts'
import type { Cover } from './cover'

/** The type that WeChat's chooser offers, for the input. */
const ACCEPTED = { image: 'image/*', video: 'video/*', file: '' } as const

/** Opens the browser's chooser at once if a touch allows it, else behind a button. */
export async function pickFiles(cover: Cover, { from, kinds, count, extensions }: WantedFiles, t: (key: TextKey) => string): Promise<readonly GivenFile[] | 'cancel'> {
  const input = document.createElement('input')
  input.type = 'file'
  input.multiple = count > 1
  input.accept = extensions ? extensions.map((extension) => `.${extension}`).join(',') : kinds.includes('file') ? '' : kinds.map((kind) => ACCEPTED[kind]).join(',')
  if (from === 'camera') input.setAttribute('capture', 'environment')
  const files = await new Promise<File[]>((resolve) => {
    input.addEventListener('change', () => resolve(Array.from(input.files ?? [])))
    input.addEventListener('cancel', () => resolve([]))
    if (navigator.userActivation.isActive) input.click()
    else cover.show({ title: t('phone.pick'), button: { label: t('phone.pick-button'), press: () => input.click() } })
  })
  cover.hide()
  return files.length === 0 ? 'cancel' : Promise.all(files.map(given))
}

async function given(file: File): Promise<GivenFile> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  return { name: file.name, bytes, ...(file.type.startsWith('video/') ? await videoFacts(file) : {}) }
}

async function videoFacts(file: File): Promise<Partial<GivenFile>> {
  const element = document.createElement('video')
  element.muted = true
  const address = URL.createObjectURL(file)
  try {
    await new Promise((resolve, reject) => Object.assign(element, { onloadeddata: resolve, onerror: reject, src: address }))
    const canvas = new OffscreenCanvas(element.videoWidth, element.videoHeight)
    canvas.getContext('2d')?.drawImage(element, 0, 0)
    const thumb = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/jpeg' })).arrayBuffer())
    return { width: element.videoWidth, height: element.videoHeight, ms: Math.round(element.duration * 1000), thumb }
  } catch {
    // The browser does not play it: WeChat tells no size of such a file either.
    return {}
  } finally {
    URL.revokeObjectURL(address)
  }
}

/** In GCJ-02. */
export async function pickPlace(language: string): Promise<GivenPlace> {
  const isChinese = language.startsWith('zh')
  return { name: isChinese ? '人民广场' : "People's Square", address: isChinese ? '上海市黄浦区人民大道' : 'Renmin Avenue, Huangpu, Shanghai', latitude: 31.230416, longitude: 121.473701 }
}
