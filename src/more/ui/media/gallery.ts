/** The pictures and videos of a thread, for the viewer. */
import type { MediaBody } from '@/src/chat/media/media-kind'
import { isRecalled, shownBody, type Message } from '@/src/chat/message/message'
import type { ShownMessage } from '@/src/kinds/view'
import { mayLoad } from '@/src/platform/media-hosts'

export interface GalleryItem {
  readonly message: ShownMessage
  readonly body: MediaBody
  /** The address of its file, if it is on this device. */
  here(): Promise<string | undefined>
  /** The same, loaded if it is not here. Undefined if it cannot be had. */
  load(): Promise<string | undefined>
}

export interface Gallery {
  readonly items: readonly GalleryItem[]
  /** Of the one that was tapped. */
  readonly index: number
}

/** What the viewer of H5 was opened for. */
export interface OpenedGallery extends Gallery {
  /** Has the focus again when the viewer is closed. */
  readonly opener: Element | null
}

let opened: OpenedGallery | undefined

export function setGallery(gallery: OpenedGallery): void {
  opened = gallery
}

/** The gallery that the viewer of H5 was opened for, given once: after a reload there is none. */
export function takeGallery(): OpenedGallery | undefined {
  const taken = opened
  opened = undefined
  return taken
}

/** The messages with a file of one of these kinds, as far as it may be loaded. */
export function mediaMessages(messages: readonly Message[], kinds: readonly MediaBody['kind'][]): readonly { readonly message: Message; readonly body: MediaBody }[] {
  return messages.flatMap((message) => {
    const body = shownBody(message) as MediaBody
    if (isRecalled(message) || !kinds.includes(body.kind)) return []
    return body.url === '' || body.url.startsWith('/') || mayLoad(body.url) ? [{ message, body }] : []
  })
}
