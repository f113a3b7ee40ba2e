import { computed, shallowRef } from 'vue'
import type { ConversationFilter } from '@/src/chat/conversations'
import { openNewChat } from '@/src/platform/pages'
import { firstScreen } from '@/src/stores/start'
import { dataOf, type TapEvent } from './events'
import { listLabels } from './list-labels'
import { useSearchField } from './useSearchField'

const KINDS: readonly ConversationFilter[] = ['all', 'peer', 'channel']

/** What stands above the conversations: the search field, the filter, and the button that starts a chat. */
export function useConversationHead() {
  const filter = shallowRef<ConversationFilter>('all')
  const query = shallowRef('')
  const field = useSearchField((wanted) => {
    query.value = wanted
  })

  function choose(event: TapEvent): void {
    const kind = dataOf(event, 'kind')
    const chosen = KINDS.find((known) => known === kind)
    if (chosen) filter.value = chosen
  }

  return {
    kinds: KINDS,
    labels: computed(() => firstScreen.value?.labels ?? listLabels()),
    filter,
    choose,
    query,
    ...field,
    start: () => openNewChat(),
  }
}
