import { computed, getCurrentInstance, onMounted, onUnmounted, shallowRef } from 'vue'
import { takeGallery } from '@/src/more/ui/media/gallery'
import { saveMedia } from '@/src/more/ui/media/save-media'
import { WORDS } from '@/src/more/ui/media/words'
import { t } from '@/src/locales'
import { onEscape } from '@/src/platform/focus'
import { laidOut } from '@/src/platform/measure'
import { openStage, type ViewerStage } from '@/src/platform/media/viewer'
import { backOrConversations } from '@/src/platform/pages'

/** The viewer of H5: the pictures and videos of a thread, one at a time. Call it in the setup of its page. */
export function useViewer() {
  const { items = [], index: first = 0, opener } = takeGallery() ?? {}
  const index = shallowRef(Math.max(0, first))
  const address = shallowRef<string>()
  const isMissing = shallowRef(false)
  const instance = getCurrentInstance()
  let stage: ViewerStage | undefined
  const current = computed(() => items[index.value])
  const kind = computed(() => (current.value?.body.kind === 'video' ? 'video' : 'image'))
  const label = computed(() => t(WORDS.place, { kind: t(WORDS[kind.value]), place: index.value + 1, count: items.length }))

  async function show(): Promise<void> {
    const item = current.value
    address.value = undefined
    isMissing.value = false
    const found = await item?.load()
    // The user went on.
    if (item !== current.value || !stage) return
    isMissing.value = found === undefined
    address.value = found
    stage.close()
    if (found !== undefined) stage.show(kind.value, found, label.value)
  }

  function go(by: 1 | -1): void {
    if (!items[index.value + by]) return
    index.value += by
    void show()
  }

  function keys(event: KeyboardEvent): void {
    // A video has keys of its own.
    if (event.target instanceof HTMLVideoElement || event.altKey || event.ctrlKey || event.metaKey) return
    if (event.key === 'ArrowRight') go(1)
    else if (event.key === 'ArrowLeft') go(-1)
  }

  async function save(): Promise<void> {
    const { value: item } = current
    if (item && address.value !== undefined) await saveMedia(address.value, item.message.at, item.body)
  }

  // #ifdef H5
  let stopEscape = () => {}
  onMounted(() => {
    // A link from elsewhere, or a reload.
    if (!current.value) return backOrConversations()
    const root = instance?.proxy?.$el as HTMLElement | undefined
    const place = root?.querySelector<HTMLElement>('.viewer__place')
    if (!place) throw new Error('the viewer has no place in its page')
    stage = openStage(place, go)
    stopEscape = onEscape(backOrConversations)
    addEventListener('keydown', keys)
    void show()
  })
  onUnmounted(() => {
    stage?.close()
    stage = undefined
    stopEscape()
    removeEventListener('keydown', keys)
    void giveBack()
  })

  async function giveBack(): Promise<void> {
    // The thread is on the screen again by then.
    await laidOut()
    if (opener instanceof HTMLElement) opener.focus({ preventScroll: true })
  }
  // #endif

  return {
    kind,
    label,
    /** `2 / 5`. '' if there is only one. */
    place: computed(() => (items.length > 1 ? `${index.value + 1} / ${items.length}` : '')),
    hasPrevious: computed(() => index.value > 0),
    hasNext: computed(() => index.value < items.length - 1),
    canSave: computed(() => address.value !== undefined),
    missing: computed(() => (isMissing.value ? t(WORDS.missing, { kind: t(WORDS[kind.value]) }) : '')),
    previous: () => go(-1),
    next: () => go(1),
    save,
  }
}
