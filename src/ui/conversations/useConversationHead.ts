import { computed, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import type { ConversationFilter } from '@/src/chat/conversation/conversation'
import { openNewChat } from '@/src/platform/pages'
import { launchSnapshot } from '@/src/stores/start'
import { dataOf, type TapEvent } from '../shared/events'
import { listLabels } from './list-labels'
import { inFront } from '../page/usePageVisible'
import { useSearchField } from './useSearchField'

const KINDS: readonly ConversationFilter[] = ['all', 'peer', 'channel']

/** The labels, filter and query, and the handlers of the search field and the button. */
export type UseConversationHeadReturn = ReturnType<typeof useConversationHead>

/** The head of the conversation list: the search field, the filter, and the button that starts a chat. A login resets the filter. */
export function useConversationHead(signedIn: Readonly<Ref<boolean>>, visible: Readonly<ShallowRef<boolean>>) {
  const filter = shallowRef<ConversationFilter>('all')
  const query = shallowRef('')
  const search = useSearchField((wanted) => {
    query.value = wanted
  })

  function choose(event: TapEvent): void {
    const kind = dataOf(event, 'kind')
    const chosen = KINDS.find((known) => known === kind)
    if (chosen) filter.value = chosen
  }

  watch(signedIn, (isIn) => {
    if (isIn) return
    filter.value = 'all'
    void search.clear()
  })

  return {
    kinds: KINDS,
    labels: computed(() => launchSnapshot.value?.labels ?? listLabels()),
    filter,
    choose,
    query,
    ...search,
    start: inFront(visible, () => openNewChat()),
  }
}
