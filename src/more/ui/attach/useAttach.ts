import { computed, onUnmounted, shallowRef } from 'vue'
// #ifdef H5
import { watch } from 'vue'
// #endif
import type { ConversationId } from '@/src/chat/conversation/conversation'
import { videoLength } from '@/src/chat/media/length-text'
import { sizeText } from '@/src/chat/text/storage-size'
import { isBlank, isolated, oneLine } from '@/src/chat/text/written-text'
import { t } from '@/src/locales'
import { inform } from '@/src/platform/dialogs'
import { takeFiles } from '@/src/platform/media/take-file'
// #ifdef H5
import { HANDED_MAX, takeHanded } from '@/src/platform/media/take-handed'
// #endif
import { takePictures } from '@/src/platform/media/take-pictures'
import { takePlace } from '@/src/platform/media/take-place'
import { takeVideo } from '@/src/platform/media/take-video'
import type { Asked, LeftOut, Taken, TakenFile } from '@/src/platform/media/taken-file'
import { useChatStore } from '@/src/stores/chat'
import { tellRefusal } from '@/src/ui/shared/refusal-text'
// #ifdef H5
import { handed } from '@/src/ui/composer/useHandedFiles'
// #endif
import { useTextField } from '@/src/ui/shared/useTextField'
import { sendTaken } from './send-taken'
import { WORDS } from './words'

/** The things to take, in the order of the panel. VITE_RTM_ATTACH leaves some out of a build. */
const ITEMS = [
  ['image', import.meta.env.RTM_ATTACH_IMAGE],
  ['camera', import.meta.env.RTM_ATTACH_CAMERA],
  ['video', import.meta.env.RTM_ATTACH_VIDEO],
  ['file', import.meta.env.RTM_ATTACH_FILE],
  ['location', import.meta.env.RTM_ATTACH_LOCATION],
] as const
type Item = (typeof ITEMS)[number][0]
/** The lines of a dialog that say why files were left out. */
const LEFT_SHOWN_MAX = 5

/** A picture that is looked at before it goes, or a file beside it. */
export interface PreviewedPicture {
  /** '' of a file that is no picture: its name is shown. */
  readonly address: string
  readonly name: string
}

/** The items of the panel, the pictures that are looked at, and the handlers. */
export type UseAttachReturn = ReturnType<typeof useAttach>

/** Takes and sends pictures, files and the like. `done`: something is on its way, so that the panel can close. */
export function useAttach(conversation: ConversationId, done: () => void) {
  const chat = useChatStore()
  /** On H5: the chosen pictures, before they go. In the mini program WeChat has shown them. */
  const chosen = shallowRef<readonly TakenFile[]>([])
  const addresses = shallowRef<readonly string[]>([])
  const isOriginal = shallowRef(false)
  let caption = ''
  const field = useTextField({ name: 'caption', typed: (text) => (caption = text), submit: send })

  async function choose(item: Item): Promise<void> {
    const refusal = WORDS.refused
    if (item === 'location') {
      const place = await takePlace()
      if (!place.ok) return tellRefusal(refusal, place)
      if (!place.value) return
      await chat.account?.own.send(conversation, { kind: 'location', ...place.value })
      return done()
    }
    const taken = await take(item)
    if (!taken.ok) return tellRefusal(refusal, taken)
    await tellLeft(taken.value.left)
    await looked(taken.value.files)
  }

  function take(item: Exclude<Item, 'location'>): Promise<Asked<Taken>> {
    switch (item) {
      case 'image':
        return takePictures({ isOriginal: isOriginal.value })
      case 'camera':
        return takePictures({ from: 'camera', isOriginal: isOriginal.value })
      case 'video':
        return takeVideo()
      case 'file':
        return takeFiles()
    }
  }

  async function looked(files: readonly TakenFile[]): Promise<void> {
    if (files.length === 0) return
    // #ifdef H5
    if (files.every(({ kind }) => kind === 'image')) return show(files)
    // #endif
    await go(files)
  }

  // #ifdef H5
  function show(files: readonly TakenFile[]): void {
    forget()
    add(files)
  }

  function add(files: readonly TakenFile[]): void {
    chosen.value = [...chosen.value, ...files]
    addresses.value = [...addresses.value, ...files.map(({ kind, source }) => (kind === 'image' ? URL.createObjectURL(source as Blob) : ''))]
  }

  /** Pasted and dropped files join those that are looked at. */
  watch(
    handed,
    async (files) => {
      if (!files) return
      handed.value = undefined
      const taken = await takeHanded(files, isOriginal.value, HANDED_MAX - chosen.value.length)
      add(taken.files)
      if (chosen.value.length === 0) done()
      await tellLeft(taken.left)
    },
    { immediate: true },
  )
  // #endif

  function forget(): void {
    // #ifdef H5
    for (const address of addresses.value) URL.revokeObjectURL(address)
    // #endif
    chosen.value = []
    addresses.value = []
    caption = ''
    void field.set('')
  }

  async function go(files: readonly TakenFile[], text?: string): Promise<void> {
    const { account } = chat
    if (!account) return
    done()
    if (!(await sendTaken(account, conversation, files, text))) await inform(t(WORDS.notTaken), t(WORDS.unsaved), t('common.ok'))
  }

  function send(): void {
    const files = chosen.value
    const text = isBlank(caption) ? undefined : caption
    forget()
    void go(files, text)
  }

  function remove(index: number): void {
    // #ifdef H5
    const address = addresses.value[index]
    if (address !== undefined) URL.revokeObjectURL(address)
    // #endif
    chosen.value = chosen.value.filter((_, other) => other !== index)
    addresses.value = addresses.value.filter((_, other) => other !== index)
  }

  onUnmounted(forget)

  // Places need no store for files.
  const items = computed(() => ITEMS.flatMap(([item, isIn]) => (isIn === false || (item !== 'location' && !chat.hasFiles) ? [] : [item])))

  return {
    items,
    /** Whether it matters if pictures go in their original size. */
    takesPictures: computed(() => items.value.includes('image') || items.value.includes('camera')),
    choose,
    /** Whether there is a picture to have a caption. */
    hasPicture: computed(() => chosen.value.some(({ kind }) => kind === 'image')),
    pictures: computed(() => chosen.value.map(({ name }, index): PreviewedPicture => ({ name, address: addresses.value[index] ?? '' }))),
    sendLabel: computed(() => (chosen.value.length > 1 ? t(WORDS.sendMany, { count: chosen.value.length }) : t(WORDS.send))),
    isOriginal,
    /** What the pictures take together. */
    size: computed(() => sizeText(chosen.value.reduce((sum, { bytes }) => sum + bytes, 0))),
    toggleOriginal: () => (isOriginal.value = !isOriginal.value),
    /** The field of the caption. */
    field: field.view,
    send,
    remove,
    cancel: forget,
  }
}

async function tellLeft(left: readonly LeftOut[]): Promise<void> {
  if (left.length === 0) return
  const lines = left.map(({ name, why, ms = 0 }) => {
    const shown = isolated(oneLine(name))
    if (why === 'too-long') return t(WORDS.tooLong, { name: shown, length: videoLength(ms) })
    return t(WORDS[why], { name: shown })
  })
  const others = lines.length - LEFT_SHOWN_MAX
  if (others > 0) lines.splice(LEFT_SHOWN_MAX, others, t(WORDS.others, { count: others }))
  await inform(t(WORDS.notTaken), lines.join('\n'), t('common.ok'))
}
