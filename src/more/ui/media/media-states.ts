/** The files of the messages on the screen: where they are on this device, how far they have come, what plays. */
import { shallowRef, type ShallowRef } from 'vue'
import { AGAIN } from '@/src/chat/media/again'
import type { MediaBody } from '@/src/chat/media/media-kind'
import { sizeText } from '@/src/chat/text/storage-size'
import { clock } from '@/src/chat/time/clock'
import type { ShownMessage } from '@/src/kinds/view'
import { t } from '@/src/locales'
import { inform } from '@/src/platform/dialogs'
import { ownerOf } from '@/src/chat/media/file-owner'
import { openFile } from '@/src/platform/media/open-file'
import { playVoice, stopVoice } from '@/src/platform/media/play-voice'
import { useChatStore } from '@/src/stores/chat'
import { loadMedia } from '@/src/stores/chat/media'
import { isMediaError } from '@/src/stores/chat/send/media-errors'
import { tellRefusal } from '@/src/ui/shared/refusal-text'
import type { MediaState, MediaStates } from '@/src/ui/thread/media-states'
import { isHeard, markHeard } from './heard-voices'
import { showMedia } from './show-media'
import { WORDS } from './words'

/** A longer picture or voice is loaded when it is tapped, bytes: no store takes one. */
const UNASKED_MAX_BYTES = 20 * 1024 * 1024
/** The states in memory. Rows that are drawn again ask for theirs again. */
const STATES_MAX = 400
/** A progress is shown at most this often, ms. */
const PROGRESS_MS = 250

interface Entry {
  readonly state: ShallowRef<MediaState>
  /** The address of its file on this device, or the work that finds it. */
  address: Promise<string> | undefined
  /** There is no room for it on this device. */
  isTooLarge?: boolean
}

export function createMediaStates(): MediaStates {
  const chat = useChatStore()
  const entries = new Map<string, Entry>()
  /** The voice that plays, by its key. */
  const playing = shallowRef<string>()

  const keyOf = ({ conversation, from, id }: ShownMessage) => `${conversation} ${from} ${id}`

  function entryOf(message: ShownMessage, body: MediaBody): Entry {
    const key = keyOf(message)
    const known = entries.get(key)
    if (known) return known
    const entry: Entry = { state: shallowRef({}), address: undefined }
    entries.set(key, entry)
    const [oldest] = entries.keys()
    if (entries.size > STATES_MAX && oldest !== undefined) entries.delete(oldest)
    // Pictures when they are on the screen, voices when they come; the others when they are tapped.
    if ((body.kind === 'image' || body.kind === 'voice') && body.bytes <= UNASKED_MAX_BYTES) void show(entry, message, body)
    return entry
  }

  /** Finds the file and shows its address, or why there is none. Undefined if there is none. */
  async function show(entry: Entry, message: ShownMessage, body: MediaBody): Promise<string | undefined> {
    const { state } = entry
    entry.address ??= addressOf(message, body, progressOf(state))
    try {
      const src = await entry.address
      state.value = { src }
      return src
    } catch (error) {
      entry.address = undefined
      if (!isMediaError(error)) throw error
      entry.isTooLarge = error.failure === 'file-too-large'
      state.value = error.failure === 'file-lost' ? { isGone: true } : { hasFailed: true }
      return undefined
    }
  }

  async function addressOf({ conversation }: ShownMessage, body: MediaBody, onProgress: (share: number) => void): Promise<string> {
    const { url, local } = body
    const media = await loadMedia()
    if (local !== undefined && !local.startsWith(AGAIN)) {
      try {
        return await media.files.address(local)
      } catch (error) {
        // The user's own file may have left this device: the store has it.
        if (!isMediaError(error) || url === '') throw error
      }
    }
    const address = chat.fileAddress(local?.startsWith(AGAIN) && url === '' ? local.slice(AGAIN.length) : url)
    if (address === undefined) return Promise.reject(new Error(`no address for ${url}`))
    return media.cache.load(address, body, { owner: ownerOf(chat.account?.uid ?? '', conversation), extension: extensionOf(body), onProgress })
  }

  async function open(message: ShownMessage, body: MediaBody): Promise<void> {
    const entry = entryOf(message, body)
    if (body.kind === 'voice') return playOrStop(message, body, entry)
    if (entry.state.value.isGone) return
    const address = await show(entry, message, body)
    if (address === undefined) {
      if (!entry.state.value.isGone) await inform(t(WORDS.open), entry.isTooLarge ? t(WORDS.tooLarge, { size: sizeText(body.bytes) }) : t(WORDS.offline), t('common.ok'))
      return
    }
    if (body.kind === 'image' || body.kind === 'video') return showMedia(body.kind, address)
    const answer = await openFile(address, (body as MediaBody & { readonly name?: string }).name ?? '')
    if (!answer.ok) await tellRefusal(WORDS.open, answer)
  }

  async function playOrStop(message: ShownMessage, body: MediaBody, entry: Entry): Promise<void> {
    const key = keyOf(message)
    if (playing.value === key) return stopVoice()
    const address = await show(entry, message, body)
    if (address === undefined) return
    playing.value = key
    playVoice(address, {
      onEnd: (how) => {
        if (playing.value === key) playing.value = undefined
        if (how === 'failed') void inform(t(WORDS.play), t(WORDS.broken), t('common.ok'))
      },
    })
    if (!message.isOwn) markHeard(message.from, message.id)
  }

  return {
    of(message, body) {
      const state = entryOf(message, body).state.value
      const share = message.isOwn ? chat.account?.own.files.share(message.id).value : undefined
      return {
        ...state,
        ...(share !== undefined && { progress: share * 100 }),
        ...(body.kind === 'voice' && { isPlaying: playing.value === keyOf(message), isNew: !message.isOwn && !isHeard(message.from, message.id) }),
      }
    },
    open,
  }
}

function progressOf(state: ShallowRef<MediaState>): (share: number) => void {
  let shownAt = -Infinity
  return (share) => {
    if (clock.elapsed() - shownAt < PROGRESS_MS || share >= 1) return
    shownAt = clock.elapsed()
    state.value = { progress: share * 100 }
  }
}

/** WeChat's functions go by the end of a name. */
function extensionOf(body: MediaBody): string {
  const [, ofName] = /(\.[A-Za-z0-9]{1,8})$/.exec((body as MediaBody & { readonly name?: string }).name ?? '') ?? []
  const [, type = ''] = /\/([a-z0-9]+)/.exec(body.mime) ?? []
  return ofName ?? ({ mpeg: '.mp3', jpeg: '.jpg', quicktime: '.mov' }[type] ?? `.${type}`)
}
