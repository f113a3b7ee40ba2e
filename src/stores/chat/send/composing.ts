/** What the composer of a conversation is about besides a new text: an answer to a message, or the edit of an own one. */
import { shallowRef, type ShallowRef } from 'vue'
import type { ConversationId } from '@/src/chat/conversation/conversation'
import type { Quote } from '@/src/chat/message/common-fields'
import { isRecalled, type Message } from '@/src/chat/message/message'
import { getOrSet } from '@/src/chat/util/get-or-set'

export type Composing =
  | { readonly mode: 'new' }
  | { readonly mode: 'quote'; readonly quote: Quote }
  | { readonly mode: 'edit'; readonly message: Message }

export interface ComposerState {
  readonly composing: Composing
  /** A text that takes the place of the one in the field. Absent: that one stays. */
  readonly text?: string
}

const NEW: ComposerState = { composing: { mode: 'new' } }

export class ComposerStates {
  private readonly states = new Map<ConversationId, ShallowRef<ComposerState>>()

  /** The state that the composer of this conversation follows. */
  of(id: ConversationId): ShallowRef<ComposerState> {
    return getOrSet(this.states, id, () => shallowRef(NEW))
  }

  /** The next text answers this message. */
  quote(id: ConversationId, quote: Quote): void {
    this.of(id).value = { composing: { mode: 'quote', quote } }
  }

  /** The next text takes the place of an own message's, which is `text` now. */
  edit(id: ConversationId, message: Message, text: string): void {
    this.of(id).value = { composing: { mode: 'edit', message }, text }
  }

  /** Puts a text into the composer, as the words of a recalled message. */
  write(id: ConversationId, text: string): void {
    this.of(id).value = { composing: { mode: 'new' }, text }
  }

  /** The composer is as a stored draft says, unless it has begun something else. */
  restore(id: ConversationId, composing: Composing): void {
    const state = this.of(id)
    if (state.value.composing.mode === 'new') state.value = { composing }
  }

  /** These messages have changed. An answer to one that was recalled becomes a new message: it would still have its words. */
  changed(id: ConversationId, messages: readonly Message[]): void {
    const composing = this.states.get(id)?.value.composing
    if (composing?.mode !== 'quote') return
    const { quote } = composing
    if (messages.some((message) => message.id === quote.id && message.from === quote.from && isRecalled(message))) this.reset(id)
  }

  /** The next text is a new message. The text of an edit is dropped. */
  reset(id: ConversationId): void {
    const state = this.of(id)
    state.value = state.value.composing.mode === 'edit' ? { ...NEW, text: '' } : NEW
  }
}
