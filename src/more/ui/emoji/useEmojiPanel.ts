import { computed, getCurrentInstance, nextTick, onMounted, onUnmounted, shallowRef } from 'vue'
import { EMOJI_GROUPS, emojiOf, emojisOf, inTones, type EmojiGroup } from '@/src/chat/emoji/emojis'
import { t } from '@/src/locales'
import { readSetting, writeSetting } from '@/src/platform/device'
import { moveFocus, onEscape } from '@/src/platform/focus'
import { fingerUp, onContextMenu } from '@/src/platform/press'
import { dataOf, innerData, type InnerEvent, type TapEvent } from '@/src/ui/shared/events'
import { WORDS } from './words'

/** How many of the last used emojis are kept and shown. */
const RECENT_MAX = 32
const RECENT_KEY = 'recent-emojis'

/** How many emojis of a group are rendered, and how many more whenever the reader comes near their end: about two screens of a phone. */
let step = 120
// #ifdef H5
// A browser renders a whole group in some ms.
step = Infinity
// #endif

/** The tab of each group. */
const ICONS: Readonly<Record<EmojiGroup, string>> = { people: '😀', animals: '🐻', food: '🍎', travel: '🚗', activities: '⚽', objects: '💡', symbols: '🔣', flags: '🏁' }

/** The emojis of a panel, its tabs, and the handlers. */
export type UseEmojiPanelReturn = ReturnType<typeof useEmojiPanel>

/** The panel of emojis. Calls `picked` with the emoji of a tap, and `left` for Escape. */
export function useEmojiPanel({ picked, left }: { readonly picked: (emoji: string) => void; readonly left: () => void }) {
  const instance = getCurrentInstance()
  const group = shallowRef<EmojiGroup>('people')
  const count = shallowRef(step)
  const tones = shallowRef<readonly string[]>([])
  // As they were when the panel opened: a pick moves no emoji under the finger, and sends nothing.
  const recent = readRecent()
  let used = recent
  let stopContextMenu = () => {}

  function choose(event: TapEvent): void {
    const wanted = EMOJI_GROUPS.find((known) => known === dataOf(event, 'kind'))
    if (!wanted) return
    group.value = wanted
    count.value = step
  }

  function pick(event: InnerEvent): void {
    const { emoji } = innerData(event)
    if (emoji === undefined) return
    if (tones.value.length > 0) closeTones()
    used = [emoji, ...used.filter((other) => other !== emoji)].slice(0, RECENT_MAX)
    writeSetting(RECENT_KEY, used)
    picked(emoji)
  }

  /** Shows the skin tones of the emoji, if it has some. */
  async function hold(event: InnerEvent): Promise<void> {
    const { emoji = '' } = innerData(event)
    const all = inTones(emoji)
    if (all.length === 0) return
    await fingerUp()
    tones.value = [emoji, ...all]
    await nextTick()
    moveFocus(instance?.proxy?.$el, '[data-tones]')
  }

  function closeTones(): void {
    const [emoji = ''] = tones.value
    moveFocus(instance?.proxy?.$el, `[data-emoji="${emoji}"]:not([data-tones])`)
    tones.value = []
  }

  const stopEscape = onEscape(() => (tones.value.length > 0 ? closeTones() : left()))
  onMounted(() => {
    stopContextMenu = onContextMenu(instance?.proxy?.$el, '[data-emoji]', ({ currentTarget }) => void hold({ target: currentTarget }))
  })
  onUnmounted(() => {
    stopContextMenu()
    stopEscape()
  })

  return {
    tabs: EMOJI_GROUPS,
    icons: ICONS,
    nameOf: (of: EmojiGroup) => t(WORDS[of]),
    group,
    recent: computed(() => (group.value === 'people' ? recent : [])),
    emojis: computed(() => emojisOf(group.value).slice(0, count.value)),
    tones,
    choose,
    pick,
    hold,
    closeTones,
    showMore: () => {
      if (count.value < emojisOf(group.value).length) count.value += step
    },
  }
}

/** The last used emojis, the last one first. Only those that are emojis to this version. */
function readRecent(): readonly string[] {
  const stored = readSetting(RECENT_KEY)
  return (Array.isArray(stored) ? (stored as unknown[]) : []).flatMap((each) => emojiOf(each) ?? []).slice(0, RECENT_MAX)
}
