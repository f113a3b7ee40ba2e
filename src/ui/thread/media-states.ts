/** The state of the files of messages on this device, which their rows show: loaded, on its way, failed, playing. */
import { shallowRef } from 'vue'
import type { ConversationId } from '@/src/chat/conversation/conversation'
import type { MediaBody } from '@/src/chat/media/media-kind'
import { loadPart } from '@/src/chat/util/load-part'
import { once } from '@/src/chat/util/once'
import type { ShownMessage } from '@/src/kinds/view'

/** The state of the file of one message. All of it is optional: a row that nothing is known of shows its thumbhash or its name. */
export interface MediaState {
  /** What an `image` shows: a path of a file or a `blob:` address. */
  readonly src?: string
  /** How much has been uploaded or downloaded, 0 to 100. Only while it is on its way. */
  readonly progress?: number
  /** The download has failed. A tap tries again. */
  readonly hasFailed?: boolean
  /** The store no longer has it. */
  readonly isGone?: boolean
  readonly isPlaying?: boolean
  /** A voice that came and was not played yet. */
  readonly isNew?: boolean
  /** Of the voice that plays: its speed, and, where the device has both, whether the sound is at the ear or from the loudspeaker. In words. */
  readonly speed?: string
  readonly speaker?: string
}

export interface MediaStates {
  /** The state of the file of a message. A row that reads it is updated when it changes. */
  of(message: ShownMessage, body: MediaBody): MediaState
  /** Opens, plays or loads the file of a message: its row was tapped. Does not reject. */
  open(message: ShownMessage, body: MediaBody): Promise<void>
  /** Saves the picture or video of a message to the album, on H5 as a download. It is loaded first, if it is not here. Does not reject. */
  save(message: ShownMessage, body: MediaBody): Promise<void>
  /** The user tapped the speed of the voice that plays, or from which place its sound comes: takes the next one. Does not reject. */
  next(what: 'speed' | 'speaker'): Promise<void>
}

/** The messages of a thread that are on the screen, and some beside them: `from` up to but not including `to`, by their `seq`. */
export interface NearScreen {
  readonly conversation: ConversationId
  readonly from: number
  readonly to: number
}

/** Whose pictures are loaded without a tap. Undefined while no thread is open. */
export const nearScreen = shallowRef<NearScreen>()

const NOTHING: MediaState = {}

/** They come with the subpackage, or in a file of their own on H5, once a row asks for one. */
const load = once(async () => {
  const { createMediaStates } = await loadPart(() => import('@/src/more/ui/media/media-states'))
  mediaStates.value = createMediaStates()
})

/** The states that the rows show. */
export const mediaStates = shallowRef<MediaStates>({
  of: () => {
    void load()
    return NOTHING
  },
  open: async (message, body) => {
    await load()
    await mediaStates.value.open(message, body)
  },
  save: async (message, body) => {
    await load()
    await mediaStates.value.save(message, body)
  },
  next: async (what) => {
    await load()
    await mediaStates.value.next(what)
  },
})
