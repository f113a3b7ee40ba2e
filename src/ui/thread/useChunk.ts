import { computed, getCurrentInstance, nextTick, onMounted, onUnmounted, shallowRef } from 'vue'
import { conversationKind, type ConversationKind } from '@/src/chat/conversation/conversation'
import { isTakenBack, type Message, type SendFailure } from '@/src/chat/message/message'
import { avatarColor, displayId, initial } from '@/src/chat/text/names'
import { rows as rowsOf, type Row } from '@/src/chat/timeline/rows'
import type { DrawnRow } from '@/src/chat/timeline/spacers'
import { foldedText, isBlank, shownText } from '@/src/chat/text/written-text'
import { t } from '@/src/locales'
import { chooseAction, toast } from '@/src/platform/dialogs'
import { laidOut, placesOf, type Place } from '@/src/platform/measure'
import { onContextMenu } from '@/src/platform/press'
import { useChatStore, type Thread } from '@/src/stores/chat'
import { parseChunkName } from '@/src/stores/chat/threads/thread-window'
import { today } from '@/src/stores/today'
import { clockText } from '../shared/clock-text'
import { copy } from '../shared/copy'
import { dataOf, type TapEvent } from '../shared/events'
import { failureText } from './failure-text'
import { noticeText } from './notice-text'
import { usePageVisible, whileVisible } from '../page/usePageVisible'
import { useRulers, type ChunkSize } from './useChunkMeasuring'

/** A row as the screen needs it; what is '' is not drawn. Short values: each is copied to the view. */
export interface RowView {
  readonly key: number
  readonly id: string
  readonly own: string
  readonly time: string
  readonly note: string
  /** Who wrote it: for screen readers, and seen where `own` says `is-named`. */
  readonly name: string
  readonly letter: string
  readonly tone: string
  readonly text: string
  readonly dim: string
  /** 1: only the beginning of the text is shown, and a button that opens it. */
  readonly fold: 0 | 1
  readonly status: string
  readonly state: string
  readonly failed: string
  readonly divider: string
}

const NO_ROWS: readonly RowView[] = []
/** So many rows are drawn in one frame of H5 where nobody waits for them. */
const ROWS_PER_FRAME = 10

/** The rows of the chunk that `name` names, followed while the page is visible. */
export function useChunk(name: () => string) {
  const chat = useChatStore()
  const visible = usePageVisible()
  const account = chat.account

  const place = computed(() => {
    const { key, index } = parseChunkName(name())
    return { thread: account?.threads.get(key), index }
  })

  const instance = getCurrentInstance()
  const rulers = useRulers()
  const drawnAs = name()
  /** How many rows are drawn by now. */
  const most = shallowRef(Infinity)
  // #ifdef H5
  // All at once take longer than a frame has; in the mini program each step would be one more message to the view.
  if (rulers?.isAside(drawnAs)) most.value = ROWS_PER_FRAME
  // #endif

  /** Counts up when a text of this chunk is opened: no other chunk is drawn again. */
  const opened = shallowRef(0)

  const rows = whileVisible(visible, (): readonly RowView[] => {
    const { thread, index } = place.value
    void opened.value
    const chunk = thread?.chunk(index).value
    if (!thread || !chunk) return NO_ROWS
    const kind = conversationKind(thread.conversation)
    const now = today.value
    const shown = rowsOf(chunk, thread.before(index), thread.after(index), { me: chat.me, kind })
    return shown.slice(0, most.value).map((row, index) => rowView(row, chunk.messages[index]?.failure, thread, kind, now))
  })

  let stopContextMenu = () => {}
  let isGone = false
  onMounted(() => {
    stopContextMenu = onContextMenu(instance?.proxy?.$el, '.row', (event) => void menu(event))
    if (most.value === Infinity) rulers?.set(drawnAs, measure)
    else void drawRest()
  })
  onUnmounted(() => {
    isGone = true
    rulers?.remove(drawnAs)
    stopContextMenu()
  })

  async function drawRest(): Promise<void> {
    await laidOut()
    most.value = Infinity
    await nextTick()
    if (!isGone) rulers?.set(drawnAs, measure)
  }

  async function measure(): Promise<ChunkSize | undefined> {
    const self = instance?.proxy
    if (!self) return undefined
    const shown = rows.value
    const [[chunk] = [], items = []] = await placesOf(self, ['.chunk', '.item'])
    if (!chunk || items.length !== shown.length) return undefined
    return { height: chunk.height, rows: shown.map(({ key }, index) => rowIn(chunk, key, items[index] ?? chunk)) }
  }

  /** By its place in the log: two authors may have given their messages the same id. */
  function messageAt(event: TapEvent): Message | undefined {
    const seq = dataOf(event, 'seq')
    return seq === undefined ? undefined : place.value.thread?.message(Number(seq))
  }

  async function retry(event: TapEvent): Promise<void> {
    const message = messageAt(event)
    const { thread } = place.value
    if (message && thread) await account?.own.retry(thread.conversation, message)
  }

  /** Shows all of a text that is folded. What stands above its end stays in its place: the row grows downwards. */
  function showAll(event: TapEvent): void {
    const message = messageAt(event)
    if (!message) return
    place.value.thread?.openText(message.seq)
    opened.value++
  }

  /** What can be done with a message: on a long press. */
  async function menu(event: TapEvent): Promise<void> {
    const message = messageAt(event)
    const { thread } = place.value
    if (message?.body.kind !== 'text' || !thread || !account) return
    const isWaiting = account.own.isWaiting(thread.conversation, message)
    const othersFailed = isWaiting && (await account.own.hasFailed(thread.conversation))
    const actions = messageActions(message, { isWaiting, othersFailed, canCancel: account.own.canCancel(thread.conversation, message) })
    const index = await chooseAction(actions.map((action) => t(`thread.${action}`)))
    switch (index === undefined ? undefined : actions[index]) {
      case 'copy':
        return copy(message.body.text)
      case 'resend':
        return account.own.retry(thread.conversation, latest(message))
      case 'resend-all':
        return account.own.retryAll(thread.conversation)
      case 'cancel':
        if (!(await account.own.cancel(thread.conversation, latest(message)))) toast(t('thread.cancel.late'))
    }
  }

  /** The message as it is now: it may have gone while the sheet was open. */
  function latest(message: Message): Message {
    return place.value.thread?.message(message.seq) ?? message
  }

  return { rows, retry, showAll, menu }
}

type MessageAction = 'copy' | 'resend' | 'resend-all' | 'cancel'

interface MessageState {
  readonly isWaiting: boolean
  readonly othersFailed: boolean
  readonly canCancel: boolean
}

/** What can be done with a text: of one's own, a waiting one can be taken back, a failed one or one that was taken back sent again. */
function messageActions({ status, failure }: Message, { isWaiting, othersFailed, canCancel }: MessageState): MessageAction[] {
  if (isWaiting && status !== 'delivered') return ['copy', ...(canCancel ? ['cancel' as const] : []), ...(othersFailed ? ['resend-all' as const] : [])]
  if (status !== 'failed') return ['copy']
  return isTakenBack(failure) ? ['copy', 'resend'] : ['copy', 'resend', 'resend-all']
}

function rowIn(chunk: Place, seq: number, { top, height }: Place): DrawnRow {
  return { seq, top: top - chunk.top, height }
}

function rowView(row: Row, failure: SendFailure | undefined, thread: Thread, kind: ConversationKind, now: number): RowView {
  const { body, status } = row
  const isFailed = status === 'failed'
  const text = body.kind === 'text' && !isBlank(body.text) ? body.text : undefined
  const folded = text === undefined || thread.opened.has(row.seq) ? undefined : foldedText(text)
  const isShown = status !== '' && status !== 'received' && !isFailed
  return {
    key: row.seq,
    id: row.id,
    own: [row.own ? 'own' : '', row.name ? 'is-named' : '', row.seq === thread.highlighted.value ? 'is-target' : ''].filter(Boolean).join(' '),
    time: row.time ? clockText(row.at, now) : '',
    note: body.kind === 'notice' ? noticeText(body) : '',
    name: row.own ? t('list.you') : displayId(row.from),
    letter: initial(row.from),
    tone: `tone-${avatarColor(`peer:${row.from}`)}`,
    text: text === undefined ? t(body.kind === 'text' ? 'thread.blank' : 'thread.unsupported') : (folded ?? shownText(text)),
    dim: text === undefined ? 'is-dim' : folded === undefined ? '' : 'is-folded',
    fold: folded === undefined ? 0 : 1,
    status: isShown ? t(status === 'sent' && kind === 'peer' ? 'status.sent.peer' : `status.${status}`) : '',
    state: isFailed ? (isTakenBack(failure) ? 'is-failed is-cancelled' : 'is-failed') : isShown ? `is-${status}` : '',
    failed: isFailed ? failureText(failure) : '',
    divider: row.seq === thread.divider ? t('thread.unread', { count: thread.unread }) : '',
  }
}
