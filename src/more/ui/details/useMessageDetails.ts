import { computed } from 'vue'
import { onShow } from '@dcloudio/uni-app'
import { conversationKind } from '@/src/chat/conversation/conversation'
import { shownReactions } from '@/src/chat/message/message-changes'
import { isCancelled, shownBody, type Message } from '@/src/chat/message/message'
import { displayId } from '@/src/chat/text/names'
import { isolated, oneLine } from '@/src/chat/text/written-text'
import { t, type Words } from '@/src/locales'
import { usePageMessage } from '@/src/more/ui/shared/usePageMessage'
import { useSettingsStore } from '@/src/stores/settings'
import { nameOf } from '@/src/ui/shared/identity'
import type { MessageAddress } from '@/src/ui/shared/more-pages'
import { WORDS } from './words'

/** A line of the page. */
interface Detail {
  readonly kind: string
  readonly label: string
  readonly value: string
}

/** The details of a message, and who reacted to it. */
export type UseMessageDetailsReturn = ReturnType<typeof useMessageDetails>

/** The details of the message at `address`, read each time the page is shown. */
export function useMessageDetails(address: MessageAddress) {
  const { message, isGone, read } = usePageMessage(address)
  onShow(read)
  return {
    details: computed(() => (message.value ? detailsOf(message.value, address) : [])),
    reactions: computed(() => shownReactions(message.value?.amended ?? {}).map(({ emoji, by }) => ({ emoji, count: String(by.length), names: by.map(personText).join(t('notice.separator')) }))),
    none: computed(() => t(WORDS.none)),
    gone: computed(() => (isGone.value ? t('thread.quote.gone') : '')),
  }
}

function detailsOf(message: Message, { conversation }: MessageAddress): Detail[] {
  const { id, from, at, wentAt, fwd, amended } = message
  const entries: readonly (readonly [kind: keyof typeof WORDS, value: string | undefined])[] = [
    ['time', timeText(at)],
    ['went', wentAt === undefined ? undefined : timeText(wentAt)],
    ['from', personText(from)],
    ['kind', kindText(shownBody(message).kind)],
    ['status', statusText(message, conversationKind(conversation) === 'peer')],
    ['edited', amended?.edit && timeText(amended.edit.at)],
    ['recalled', amended?.recall && timeText(amended.recall.at)],
    ['forwarded', fwd && `${personText(fwd.from)} ${timeText(fwd.at)}`],
    ['id', id],
  ]
  return entries.flatMap(([kind, value]) => (value === undefined ? [] : [{ kind, label: t(WORDS[kind]), value }]))
}

/** The shown name, and the id, which no name can replace. A name that is not unique is shown with the id already. */
function personText(uid: string): string {
  const name = nameOf(uid)
  const hasId = name === uid || name.endsWith(` (${isolated(displayId(uid))})`)
  return isolated(hasId ? name : `${name} (${oneLine(uid)})`)
}

const KINDS: Readonly<Record<string, Words>> = { text: WORDS.text, image: WORDS.image, voice: WORDS.voice, video: WORDS.video, file: WORDS.file, location: WORDS.location, card: WORDS.card, record: WORDS.record, unsupported: WORDS.unsupported }

function kindText(kind: string): string {
  const words = KINDS[kind]
  return words ? t(words) : kind
}

function statusText({ status, failure }: Message, isPeer: boolean): string {
  if (status === 'received') return t(WORDS.received)
  if (status === 'failed') return t(isCancelled(failure) ? WORDS.cancelled : WORDS.failed)
  // Read marks are not shown to a user who has turned them off.
  const shown = status === 'read' && !useSettingsStore().readMarks ? 'delivered' : status
  return t(shown === 'sent' && isPeer ? 'status.sent.peer' : `status.${shown}`)
}

/** Date and time of this device's time zone, to the second: `2025-03-04 15:04:05`. */
function timeText(at: number): string {
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return ''
  const two = (value: number) => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}
