import { computed, getCurrentInstance, nextTick, onMounted, onUnmounted, shallowRef, watch } from 'vue'
import { conversationKind } from '@/src/chat/conversation/conversation'
import { shownBody, type Message } from '@/src/chat/message/message'
import { chunkOf } from '@/src/chat/timeline/chunk'
import { rows as rowsOf } from '@/src/chat/timeline/rows'
import type { DrawnRow } from '@/src/chat/timeline/spacers'
import { kindOf } from '@/src/kinds/registry'
import { VIEWS } from '@/src/kinds/views'
import { laidOut, rectsOf, type Box, type Rect } from '@/src/platform/measure'
import { fingerUp, onContextMenu, onHover } from '@/src/platform/press'
import { useChatStore, type ActionStates } from '@/src/stores/chat'
import { parseChunkName } from '@/src/stores/chat/threads/thread-window'
import { useSettingsStore } from '@/src/stores/settings'
import { today } from '@/src/stores/today'
import { useMessageMenu } from '../menu/useMessageMenu'
import { dataOf, innerData, type InnerEvent, type TapEvent } from '../shared/events'
import { openDetails } from '../shared/more-pages'
import { usePageVisible, whileVisible } from '../page/usePageVisible'
import { useChunkMeasuring, type ChunkSize } from './useChunkMeasuring'
import { isRecalledLine, messageRow, shownMessage, type MessageRowView } from './message-row'
import { RowPeople, type RowPerson } from './row-people'
import { tapRow } from './row-taps'

const NOTHING: { readonly rows: readonly MessageRowView[]; readonly people: readonly RowPerson[] } = { rows: [], people: [] }
const NO_STATES: ActionStates = new Map()
/** The number of rows rendered per frame of H5 if they are not needed at once. */
const ROWS_PER_FRAME = 10

/** The rows of the chunk, and the handlers of its taps. */
export type UseChunkReturn = ReturnType<typeof useChunk>

/** The rows of the chunk called `name`, updated while the page is visible. */
export function useChunk(name: () => string) {
  const chat = useChatStore()
  const settings = useSettingsStore()
  const visible = usePageVisible()
  const account = chat.account
  const messageMenu = useMessageMenu()

  const place = computed(() => {
    const { key, index } = parseChunkName(name())
    return { thread: account?.threads.get(key), index }
  })

  const instance = getCurrentInstance()
  const measuring = useChunkMeasuring()
  const drawnAs = name()
  /** The number of rows rendered so far. */
  const most = shallowRef(Infinity)
  // #ifdef H5
  // All at once would take longer than a frame. In the mini program each step would be one more message to the view.
  if (measuring?.isAside(drawnAs)) most.value = ROWS_PER_FRAME
  // #endif

  /** Bumped when a message of this chunk is unfolded, so that no other chunk is rendered again. */
  const opened = shallowRef(0)

  /** The selected messages of this chunk: others do not render it again. Undefined while none are being selected. */
  const checks = computed(() => {
    const { thread, index } = place.value
    const selected = thread && account?.selections.of(thread.conversation).value
    return selected && [...selected].filter((seq) => chunkOf(seq) === index).join()
  })

  const drawn = whileVisible(visible, (): typeof NOTHING => {
    const { thread, index } = place.value
    void opened.value
    const chunk = thread?.chunk(index).value
    if (!thread || !chunk) return NOTHING
    const kind = conversationKind(thread.conversation)
    const now = today.value
    const actions = account?.own.actions
    const states = actions?.statesOf(thread.conversation).value ?? NO_STATES
    const { me } = chat
    const shown = rowsOf(chunk, thread.before(index), thread.after(index), { me, kind, hidesRead: !settings.readMarks, isLine: (message) => isRecalledLine(message, states) })
    const selected = checks.value === undefined ? undefined : new Set(checks.value.split(',').filter(Boolean).map(Number))
    const recalledQuotes = account?.recalledQuotes.of(thread.conversation).value
    const canWriteAgain = (message: Message) => actions?.recalledText(message) !== undefined
    const authors = new RowPeople()
    const views = shown.slice(0, most.value).map((row) => messageRow(row, { thread, kind, now, me, states, people: authors, selected, recalledQuotes, canWriteAgain }))
    return { rows: views, people: authors.list(me) }
  })
  const rows = computed(() => drawn.value.rows)
  const people = computed(() => drawn.value.people)

  /** The row that a mouse is over, by its key. Only on H5. */
  const hovered = shallowRef<number>()

  // After the rows are on the screen: a quote shows its excerpt until its message is known to be recalled.
  watch(
    () => place.value.thread?.chunk(place.value.index).value?.messages,
    (messages) => {
      const { thread } = place.value
      if (thread && messages) void account?.recalledQuotes.lookUp(thread.conversation, messages)
    },
    { immediate: true, flush: 'post' },
  )

  let stopListening: (() => void)[] = []
  let isGone = false
  onMounted(() => {
    const root = instance?.proxy?.$el
    stopListening = [
      onContextMenu(root, '.row', menu),
      onHover(root, '.row', (row) => (hovered.value = row && Number(row.dataset.seq))),
    ]
    if (most.value === Infinity) measuring?.set(drawnAs, measure)
    else void drawRest()
  })
  onUnmounted(() => {
    isGone = true
    measuring?.remove(drawnAs)
    for (const stop of stopListening) stop()
  })

  async function drawRest(): Promise<void> {
    await laidOut()
    most.value = Infinity
    await nextTick()
    if (!isGone) measuring?.set(drawnAs, measure)
  }

  async function measure(): Promise<ChunkSize | undefined> {
    const self = instance?.proxy
    if (!self) return undefined
    const shown = rows.value
    const [[chunk] = [], items = []] = await rectsOf(self, ['.chunk', '.item'])
    if (!chunk || items.length !== shown.length) return undefined
    return { height: chunk.height, rows: shown.map(({ key }, index) => rowIn(chunk, key, items[index] ?? chunk)) }
  }

  /** By its `seq`: two authors may have given their messages the same id. */
  function messageAt(event: TapEvent): Message | undefined {
    const seq = dataOf(event, 'seq')
    return seq === undefined ? undefined : place.value.thread?.message(Number(seq))
  }

  async function retry(event: TapEvent): Promise<void> {
    const message = messageAt(event)
    const { thread } = place.value
    if (message && thread) await account?.own.retry(thread.conversation, message)
  }

  /** A tap on a part of a bubble, see `BubbleTap`. */
  function tap(event: TapEvent): void {
    const message = messageAt(event)
    const does = dataOf(event, 'does')
    const { thread } = place.value
    if (!message || !thread || does === undefined) return
    if (does === 'open') return open('body', message)
    const body = shownBody(message)
    // The mini program gives the value as it was bound, a number for example.
    const tapped = { value: String(dataOf(event, 'value') ?? ''), message: shownMessage(message, message.from === chat.me, thread.conversation) }
    void VIEWS[kindOf(body).name]?.taps?.[does]?.(body, tapped)
  }

  /** A tap on a part below a bubble, or on a line without one. */
  function tapBelow(event: InnerEvent): void {
    const { does, seq, emoji } = innerData(event)
    const { thread } = place.value
    const message = seq === undefined ? undefined : thread?.message(Number(seq))
    if (message && does === 'open-reactions') return open('reactions', message)
    if (account && thread && message && does !== undefined) tapRow(does, { account, thread, message, emoji, isRich: chat.wire === 'rich' })
  }

  /** Shows all of a folded part. The row grows downwards, so that everything above its end keeps its place. */
  function open(part: 'body' | 'reactions', { seq }: Message): void {
    place.value.thread?.open(part, seq)
    opened.value++
  }

  function menu(event: TapEvent & Partial<InnerEvent>): void {
    const message = messageAt(event)
    const { thread } = place.value
    if (!message || !thread || checks.value !== undefined) return
    // A long press on a reaction: the row has the only listener, since one for each reaction would be sent with it.
    if (isOnReaction(event)) return openDetails({ conversation: thread.conversation, from: message.from, id: message.id })
    // Lifting the finger must not tap what is under it by then.
    void fingerUp()
    messageMenu.open(message, thread, () => bubbleOf(message))
  }

  async function bubbleOf({ seq }: Message): Promise<Box | undefined> {
    const self = instance?.proxy
    const [bubbles = []] = self ? await rectsOf(self, ['.bubble']) : []
    return bubbles[rows.value.filter(({ isNote }) => !isNote).findIndex(({ key }) => key === seq)]
  }

  return { rows, people, hovered, retry, tap, tapBelow, menu }
}

function isOnReaction({ target = null }: Partial<InnerEvent>): boolean {
  return innerData({ target }).does === 'react'
}

function rowIn(chunk: Rect, seq: number, { top, height }: Rect): DrawnRow {
  return { seq, top: top - chunk.top, height }
}
