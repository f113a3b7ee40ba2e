/** The files of the messages on the screen: where they are on this device, how far they have come, what plays. */
import { shallowRef, watch, type ShallowRef } from 'vue'
import { AGAIN } from '@/src/chat/media/again'
import { extensionOfMime } from '@/src/chat/media/file-name'
import type { MediaBody } from '@/src/chat/media/media-kind'
import { sizeText } from '@/src/chat/text/storage-size'
import { clock } from '@/src/chat/time/clock'
import type { ConversationId } from '@/src/chat/conversation/conversation'
import type { Message } from '@/src/chat/message/message'
import type { ShownMessage } from '@/src/kinds/view'
import { t, type Words } from '@/src/locales'
// #ifdef MP-WEIXIN
import { toast } from '@/src/platform/dialogs'
import { needsTap } from '@/src/platform/media/open-file'
// #endif
import { inform } from '@/src/platform/dialogs'
import { ownerOf } from '@/src/chat/media/file-owner'
import { openFile } from '@/src/platform/media/open-file'
import { useChatStore } from '@/src/stores/chat'
import { loadMedia } from '@/src/stores/chat/media'
import { isMediaError } from '@/src/stores/chat/send/media-errors'
import { tellRefusal } from '@/src/ui/shared/refusal-text'
import { nearScreen, type MediaState, type MediaStates } from '@/src/ui/thread/media-states'
import { shownMessage } from '@/src/ui/thread/message-row'
import { mediaMessages } from './gallery'
import { isHeard } from './heard-voices'
import { saveMedia } from './save-media'
import { showMedia } from './show-media'
import { createVoices } from './voices'
import { WORDS } from './words'

/** A longer picture or voice is loaded when it is tapped, bytes: no store takes one. */
const UNASKED_MAX_BYTES = 20 * 1024 * 1024
/** The states in memory. Rows that are drawn again ask for theirs again. */
const STATES_MAX = 400
/** Downloads without a tap that run at a time. */
const LOADING_MAX = 3
/** A progress is shown at most this often, ms. */
const PROGRESS_MS = 250

interface Entry {
  readonly message: ShownMessage
  readonly body: MediaBody
  readonly state: ShallowRef<MediaState>
  /** The address of its file on this device, or the work that finds it. */
  address: Promise<string> | undefined
  /** Of a file that is to be shown without a tap, once it is near the screen: whether it was looked for on this device, and is to be loaded. */
  waits: 'to-look' | 'looking' | 'to-load' | undefined
  /** There is no room for it on this device. */
  isTooLarge?: boolean
}

export function createMediaStates(): MediaStates {
  const chat = useChatStore()
  const entries = new Map<string, Entry>()
  /** Downloads that run without a tap. */
  let loading = 0
  const voices = createVoices({
    address: (message, body) => show(entryOf(message, body), message, body),
    keyOf: (message) => keyOf(message),
    after: (message) => nextNew(message),
  })

  const keyOf = ({ conversation, from, id }: ShownMessage) => `${conversation} ${from} ${id}`

  function entryOf(message: ShownMessage, body: MediaBody): Entry {
    const key = keyOf(message)
    const known = entries.get(key)
    if (known) return known
    const entry: Entry = { message, body, state: shallowRef({}), address: undefined, waits: isShownUnasked(body) ? 'to-look' : undefined }
    entries.set(key, entry)
    const [oldest] = entries.keys()
    if (entries.size > STATES_MAX && oldest !== undefined) entries.delete(oldest)
    // A row is being drawn, which must not follow what the loading looks at.
    void Promise.resolve().then(loadWaiting)
    return entry
  }

  /** A picture near the screen, or a voice. */
  function isWanted({ message: { conversation, seq }, body }: Entry): boolean {
    const near = nearScreen.value
    return body.kind === 'voice' || (near?.conversation === conversation && seq >= near.from && seq < near.to)
  }

  /** Loads what waits and is wanted, the newest pictures first. What has left the screen before its turn waits until it is back. */
  function loadWaiting(): void {
    const wanted = [...entries.values()].reverse().filter((entry) => entry.waits !== undefined && isWanted(entry))
    for (const entry of wanted) if (entry.waits === 'to-look') void lookHere(entry)
    const toLoad = wanted.filter(({ waits }) => waits === 'to-load')
    for (const entry of [...toLoad.filter(({ body }) => body.kind === 'image'), ...toLoad.filter(({ body }) => body.kind === 'voice')]) {
      if (loading >= LOADING_MAX) return
      loading++
      void show(entry, entry.message, entry.body).finally(() => {
        loading--
        loadWaiting()
      })
    }
  }

  /** A file of this device is shown at once, however many downloads run. */
  async function lookHere(entry: Entry): Promise<void> {
    entry.waits = 'looking'
    const here = await addressHere(entry.message, entry.body)
    // A tap has loaded it in the meantime.
    if (entry.waits === undefined) return
    entry.waits = here === undefined ? 'to-load' : undefined
    if (here === undefined) return loadWaiting()
    entry.address = Promise.resolve(here)
    entry.state.value = { src: here }
  }
  watch(nearScreen, loadWaiting)

  /** Finds the file and shows its address, or why there is none. Undefined if there is none. */
  async function show(entry: Entry, message: ShownMessage, body: MediaBody): Promise<string | undefined> {
    const { state } = entry
    entry.waits = undefined
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
    const here = await ownAddress(body)
    if (here !== undefined) return here
    const address = storeAddress(body)
    if (address === undefined) throw new Error(`no address for ${body.url}`)
    return (await loadMedia()).cache.load(address, body, { owner: ownerOf(chat.account?.uid ?? '', conversation), extension: extensionOf(body), onProgress })
  }

  /** Of the user's own file, while it is on this device. Undefined if the store has it. */
  async function ownAddress({ url, local }: MediaBody): Promise<string | undefined> {
    if (local === undefined || local.startsWith(AGAIN)) return undefined
    try {
      return await (await loadMedia()).files.address(local)
    } catch (error) {
      // The user's own file may have left this device: the store has it.
      if (!isMediaError(error) || url === '') throw error
      return undefined
    }
  }

  function storeAddress({ url, local }: MediaBody): string | undefined {
    return chat.fileAddress(local?.startsWith(AGAIN) && url === '' ? local.slice(AGAIN.length) : url)
  }

  /** Where a file is on this device. Undefined if it is not: nothing is loaded. */
  async function addressHere(message: ShownMessage, body: MediaBody): Promise<string | undefined> {
    const known = entries.get(keyOf(message))?.state.value.src
    if (known !== undefined) return known
    try {
      return (await ownAddress(body)) ?? (await (await loadMedia()).cache.find(body, extensionOf(body)))
    } catch (error) {
      if (!isMediaError(error)) throw error
      return undefined
    }
  }

  const shown = (message: Message, conversation: ConversationId) => shownMessage(message, message.from === chat.me, conversation)

  /** The pictures and videos of the thread, and the place of `tapped` among them. */
  function galleryOf(tapped: ShownMessage) {
    const { conversation, from, id } = tapped
    const items = mediaMessages(chat.account?.threads.messages(conversation) ?? [], ['image', 'video']).map(({ message, body }) => ({
      message: shown(message, conversation),
      body,
      here: () => addressHere(shown(message, conversation), body),
      load: () => show(entryOf(shown(message, conversation), body), shown(message, conversation), body),
    }))
    return { items, index: items.findIndex(({ message }) => message.from === from && message.id === id) }
  }

  /** The first voice below `heard` that others sent and that was not played. */
  function nextNew({ conversation, from, id }: ShownMessage): { readonly message: ShownMessage; readonly body: MediaBody } | undefined {
    const all = mediaMessages(chat.account?.threads.messages(conversation) ?? [], ['voice'])
    const at = all.findIndex(({ message }) => message.from === from && message.id === id)
    const next = at < 0 ? undefined : all.slice(at + 1).find(({ message }) => message.from !== chat.me && !isHeard(message.from, message.id))
    return next && { message: shown(next.message, conversation), body: next.body }
  }

  async function open(message: ShownMessage, body: MediaBody): Promise<void> {
    const entry = entryOf(message, body)
    if (body.kind === 'voice') return voices.playOrStop(message, body)
    if (entry.state.value.isGone) return
    // #ifdef MP-WEIXIN
    const isLate = body.kind === 'file' && needsTap(nameOf(body)) && (await addressHere(message, body)) === undefined
    // #endif
    const address = await show(entry, message, body)
    if (address === undefined) {
      if (!entry.state.value.isGone) await tellMissing(WORDS.open, entry, body)
      return
    }
    if (body.kind === 'image' || body.kind === 'video') return showMedia(galleryOf(message))
    // #ifdef MP-WEIXIN
    // WeChat sends a file to a chat in a tap only, and this one is over.
    if (isLate) return toast(t(WORDS.tapAgain))
    // #endif
    const answer = await openFile(address, nameOf(body))
    if (!answer.ok) await tellRefusal(WORDS.open, answer)
  }

  async function save(message: ShownMessage, body: MediaBody): Promise<void> {
    const entry = entryOf(message, body)
    const address = await show(entry, message, body)
    if (address === undefined) await tellMissing(WORDS.notSaved, entry, body)
    else await saveMedia(address, message.at, body)
  }

  return {
    of(message, body) {
      const state = entryOf(message, body).state.value
      const share = message.isOwn ? chat.account?.own.files.share(message.id).value : undefined
      return {
        ...state,
        ...(share !== undefined && { progress: share * 100 }),
        ...(body.kind === 'voice' && { ...voices.of(message), isNew: !message.isOwn && !isHeard(message.from, message.id) }),
      }
    },
    open,
    save,
    next: voices.next,
  }
}

/** Pictures and voices: videos and files are loaded when they are tapped. */
function isShownUnasked({ kind, bytes }: MediaBody): boolean {
  return (kind === 'image' || kind === 'voice') && bytes <= UNASKED_MAX_BYTES
}

/** Says why a file is not on this device. */
function tellMissing(what: Words, { isTooLarge, state }: Entry, { bytes }: MediaBody): Promise<void> {
  const why = state.value.isGone ? t('media.gone') : isTooLarge ? t(WORDS.tooLarge, { size: sizeText(bytes) }) : t(WORDS.offline)
  return inform(t(what), why, t('common.ok'))
}

function progressOf(state: ShallowRef<MediaState>): (share: number) => void {
  let shownAt = -Infinity
  return (share) => {
    if (clock.elapsed() - shownAt < PROGRESS_MS || share >= 1) return
    shownAt = clock.elapsed()
    state.value = { progress: share * 100 }
  }
}

/** '' of what has no name. */
function nameOf(body: MediaBody): string {
  return (body as MediaBody & { readonly name?: string }).name ?? ''
}

/** WeChat's functions go by the end of a name. */
function extensionOf(body: MediaBody): string {
  const [, ofName] = /(\.[A-Za-z0-9]{1,8})$/.exec(nameOf(body)) ?? []
  return ofName ?? `.${extensionOfMime(body.mime)}`
}
