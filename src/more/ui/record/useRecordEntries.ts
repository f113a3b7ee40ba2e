import { computed } from 'vue'
import { isDeleted, isRecalled } from '@/src/chat/message/message'
import { isBlank, oneLine, shownText } from '@/src/chat/text/written-text'
import type { RecordEntry } from '@/src/kinds/record/spec'
import { t } from '@/src/locales'
import { usePageMessage } from '@/src/more/ui/shared/usePageMessage'
import { today } from '@/src/stores/today'
import { clockText } from '@/src/ui/shared/clock-text'
import { entryLine } from '@/src/ui/shared/entry-text'
import type { MessageAddress } from '@/src/ui/shared/more-pages'
import { countText } from '@/src/ui/shared/number-text'
import { WORDS } from './words'

/** The title and the entries of a record, and what is said below them. */
export type UseRecordEntriesReturn = ReturnType<typeof useRecordEntries>

/** The record at `address`. */
export function useRecordEntries(address: MessageAddress) {
  const { message, isGone } = usePageMessage(address)
  const body = computed(() => {
    const shown = message.value
    return shown && !isRecalled(shown) && !isDeleted(shown) && shown.body.kind === 'record' ? shown.body : undefined
  })
  const more = computed(() => body.value?.more ?? 0)
  return {
    title: computed(() => oneLine(body.value?.title ?? '')),
    entries: computed(() => (body.value?.entries ?? []).map((entry, key) => ({ key, name: oneLine(entry.name), time: clockText(entry.at, today.value), text: entryText(entry) }))),
    more: computed(() => (more.value > 0 ? countText(WORDS.more, more.value) : '')),
    gone: computed(() => (isGone.value || (message.value && !body.value) ? t('thread.quote.gone') : '')),
  }
}

/** A text with its line breaks, any other kind as a line. */
function entryText({ kind, text }: RecordEntry): string {
  return kind === 'text' && !isBlank(text) ? shownText(text) : entryLine({ kind, text })
}
