import { computed, shallowRef } from 'vue'
import type { ConversationKind } from '@/src/chat/conversation'
import { idProblem } from '@/src/chat/limits'
import { idProblemKey } from '@/src/chat/login'
import { t } from '@/src/locales'
import { openThread } from '@/src/platform/pages'
import { useChatStore } from '@/src/stores/chat'
import { dataOf, inputValue, type TapEvent } from './events'

const KINDS: readonly ConversationKind[] = ['peer', 'channel']

/** The form that starts a chat and ends in its thread. */
export function useNewChat(initial: ConversationKind) {
  const chat = useChatStore()
  const kind = shallowRef(initial)
  const id = shallowRef('')
  /** The form was submitted as it stands: then also an empty field is a mistake. */
  const isTried = shallowRef(false)
  let isBusy = false

  const problem = computed(() => {
    if (id.value === '' && !isTried.value) return ''
    const fault = idProblem(id.value)
    if (fault) return t(idProblemKey(fault))
    return kind.value === 'peer' && id.value === chat.me ? t('new-chat.self') : ''
  })

  function choose(event: TapEvent): void {
    const chosen = dataOf(event, 'kind')
    kind.value = KINDS.find((known) => known === chosen) ?? kind.value
  }

  function input(event: Event): void {
    id.value = inputValue(event)
    isTried.value = false
  }

  async function submit(): Promise<void> {
    isTried.value = true
    if (problem.value || isBusy) return
    isBusy = true
    try {
      openThread(await chat.startConversation(kind.value, id.value), { replace: true })
    } finally {
      isBusy = false
    }
  }

  return {
    kinds: computed(() => KINDS.map((item) => ({ kind: item, label: t(`new-chat.${item}`) }))),
    kind,
    choose,
    label: computed(() => t(`new-chat.${kind.value}.label`)),
    placeholder: computed(() => t(`new-chat.${kind.value}.placeholder`)),
    note: computed(() => t(`new-chat.${kind.value}.note`)),
    submitText: computed(() => t(`new-chat.${kind.value}.submit`)),
    problem,
    canSubmit: computed(() => id.value !== '' && !problem.value),
    input,
    submit,
  }
}
