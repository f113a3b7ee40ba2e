import { computed, onUnmounted, shallowRef } from 'vue'
import type { ConversationKind } from '@/src/chat/conversation/conversation'
import { t } from '@/src/locales'
import { openThread } from '@/src/platform/pages'
import { useChatStore } from '@/src/stores/chat'
import { dataOf, type TapEvent } from '@/src/ui/shared/events'
import { idProblemText, idWord, isIdMeant } from '@/src/ui/shared/id-text'
import { useTextField } from '@/src/ui/shared/useTextField'
import { WORDS } from './words'

const KINDS: readonly ConversationKind[] = ['peer', 'channel']

/** The field, texts (`''` for none) and states of the form, and its actions. */
export type UseNewChatReturn = ReturnType<typeof useNewChat>

/** The form that starts a chat and then opens its thread. */
export function useNewChat(initial: ConversationKind) {
  const chat = useChatStore()
  const kind = shallowRef(initial)
  const id = shallowRef('')
  /** The form was submitted and not changed since: then an empty field is an error too. */
  const isTried = shallowRef(false)
  const isTooLong = shallowRef(false)
  let isBusy = false
  let isGone = false
  onUnmounted(() => (isGone = true))
  const field = useTextField({ name: 'id', isLiteral: true, typed, submit, refused: () => (isTooLong.value = true) })

  const problem = computed(() => {
    if (isTooLong.value) return t('id.too-long')
    if (id.value === '' && !isTried.value) return ''
    const fault = idProblemText(id.value)
    if (fault) return fault
    return kind.value === 'peer' && id.value === chat.me ? t(WORDS.self) : ''
  })

  function choose(event: TapEvent): void {
    const chosen = dataOf(event, 'kind')
    kind.value = KINDS.find((known) => known === chosen) ?? kind.value
  }

  function typed(text: string): void {
    id.value = text
    isTried.value = false
    isTooLong.value = false
  }

  async function submit(): Promise<void> {
    field.text()
    isTried.value = true
    if (problem.value || isBusy) return
    isBusy = true
    try {
      if (!(await isIdMeant(id.value))) return
      const started = await chat.startConversation(kind.value, id.value)
      // Going back leads to the list, where the chat is. If the thread replaced the list, it would have no page below.
      if (!isGone) openThread(started, { replace: true })
    } finally {
      isBusy = false
    }
  }

  return {
    kinds: computed(() => KINDS.map((item) => ({ kind: item, label: t(WORDS[item]) }))),
    kind,
    choose,
    label: computed(() => t(WORDS[`${kind.value}.label`])),
    placeholder: computed(() => t(WORDS[`${kind.value}.placeholder`])),
    note: computed(() => t(WORDS[`${kind.value}.note`])),
    submitText: computed(() => t(WORDS[`${kind.value}.submit`])),
    problem,
    word: computed(() => idWord(id.value)),
    canSubmit: computed(() => id.value !== '' && !problem.value),
    field: field.view,
    submit,
  }
}
