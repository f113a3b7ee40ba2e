/** What the rows of messages with a file have in common. */
import { TEMPORARY, type MediaBody } from '@/src/chat/media/media-kind'
import { thumbColours } from '@/src/chat/media/thumb-colours'
import { sizeText } from '@/src/chat/text/storage-size'
import { httpsHost } from '@/src/chat/util/web-address'
import type { BubbleTapped, RowState } from '@/src/kinds/view'
import { t } from '@/src/locales'
import { mayLoad } from '@/src/platform/media-hosts'
import { mediaStates } from '../thread/media-states'
import { copy } from './copy'

/** The sides of a picture in its row, px. What does not fit is cropped. */
const SIDE = { min: 60, max: 200 } as const

export interface MediaNote {
  /** While it is on its way: `42%`. */
  readonly mediaProgress?: string
  /** Why it is not shown, or that it may be lost. */
  readonly mediaNote?: string
}

/** The style of a picture's box: its size, known before the picture, and the colours of its thumbhash, which its class draws: each byte is sent with its row. */
export function boxStyle({ width, height, thumb }: { readonly width: number; readonly height: number; readonly thumb: string }): string {
  const scale = Math.min(1, SIDE.max / width, SIDE.max / height)
  const side = (pixels: number) => Math.max(SIDE.min, Math.round(pixels * scale))
  return `width:${side(width)}px;height:${side(height)}px;--c:${thumbColours(thumb).join()}`
}

/** What a row says of its file besides its own words. Undefined values are not sent to the view. */
export function mediaNote(body: MediaBody, { message }: RowState): MediaNote {
  const { progress, hasFailed, isGone } = mediaStates.value.of(message, body)
  const host = foreignHost(body)
  if (host !== undefined) return { mediaNote: `${sizeText(body.bytes)} · ${host}` }
  if (isGone) return { mediaNote: t('media.gone') }
  if (hasFailed) return { mediaNote: t('media.failed') }
  return {
    ...(progress !== undefined && { mediaProgress: `${Math.floor(progress)}%` }),
    ...(isTemporary(body) && { mediaNote: t('media.temporary') }),
  }
}

/** An own file that is gone when the program ends, and that the store does not have yet. */
function isTemporary({ local, url }: MediaBody): boolean {
  return url === '' && local?.startsWith(TEMPORARY) === true
}

/** A longer host is cut, UTF-16 units. Its end says whose it is. */
const HOST_MAX_LENGTH = 32

/** The host of a file that this program may not load. */
export function foreignHost({ url }: MediaBody): string | undefined {
  const host = httpsHost(url)
  if (host === undefined || mayLoad(url)) return undefined
  return host.length > HOST_MAX_LENGTH ? `…${host.slice(1 - HOST_MAX_LENGTH)}` : host
}

/** A tap: the address of a file that may not be loaded is copied, any other file is opened. */
export function tapMedia(body: MediaBody, { message }: BubbleTapped): Promise<void> {
  return foreignHost(body) === undefined ? mediaStates.value.open(message, body) : copy(body.url)
}
