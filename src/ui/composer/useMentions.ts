import { shallowRef, type ShallowRef } from 'vue'
import { EVERYBODY } from '@/src/chat/message/common-fields'
import { mentionQuery, mentionsIn, shownMentions, type Mention } from '@/src/chat/message/mentions'
import { shownBody, type Message } from '@/src/chat/message/message'
import { t } from '@/src/locales'
import { nameOf } from '../shared/identity'
import type { UseTextFieldReturn } from '../shared/useTextField'

/** The mentions of a composer. */
export interface UseMentionsReturn {
  /** The text between an `@` and the caret. Undefined: the picker is closed. */
  readonly query: Readonly<ShallowRef<string | undefined>>
  readonly chosen: () => readonly Mention[]
  /** The user has typed: opens or closes the picker. */
  typed(): void
  close(): void
  /** Puts the name of a user, or of everybody, in the place of what is typed behind the `@`. */
  pick(id: string): void
  /** Begins with these, as of a stored draft. */
  begin(mentions?: readonly Mention[]): void
  /** Begins with those of an own message that is edited. */
  beginEdit(message: Message): void
  /** The ids that a message with this text mentions. Undefined for none. */
  within(text: string): readonly string[] | undefined
}

/** The mentions in the text of a composer. `isOn`: only channels have them. */
export function useMentions(isOn: boolean, field: Pick<UseTextFieldReturn, 'before' | 'insert'>): UseMentionsReturn {
  const query = shallowRef<string>()
  let chosen: readonly Mention[] = []

  return {
    query,
    chosen: () => chosen,
    typed() {
      if (isOn) query.value = mentionQuery(field.before())
    },
    close() {
      query.value = undefined
    },
    pick(id) {
      const name = id === EVERYBODY ? t('mention.everybody') : nameOf(id)
      const typed = query.value ?? ''
      chosen = [...chosen.filter((each) => each.id !== id || each.name !== name), { id, name }]
      query.value = undefined
      field.insert(`@${name} `, typed.length + 1)
    },
    begin(mentions = []) {
      chosen = mentions
    },
    beginEdit(message) {
      const body = shownBody(message)
      const text = body.kind === 'text' ? body.text : ''
      chosen = shownMentions(message).map((id) => {
        const names = id === EVERYBODY ? [t('mention.everybody')] : [nameOf(id), id]
        return { id, name: names.find((name) => text.includes(`@${name}`)) ?? '' }
      })
    },
    within: (text) => (isOn ? mentionsIn(text, chosen) : undefined),
  }
}
