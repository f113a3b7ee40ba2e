/** The messages that the user has selected in a thread, to forward or delete them together. */
import { shallowRef, type ShallowRef } from 'vue'
import type { ConversationId } from '@/src/chat/conversation/conversation'
import { getOrSet } from '@/src/chat/util/get-or-set'

/** The most messages that can be selected. */
export const SELECTED_MAX = 100

/** By their seqs. Undefined while nothing is being selected. */
export type Selected = ReadonlySet<number> | undefined

export class Selections {
  private readonly states = new Map<ConversationId, ShallowRef<Selected>>()

  /** The selection that the rows and the bar of a conversation follow. */
  of(id: ConversationId): ShallowRef<Selected> {
    return getOrSet(this.states, id, () => shallowRef())
  }

  /** Selects a message, and begins to select if that is the first; or takes it out. Returns whether there was room. */
  toggle(id: ConversationId, seq: number): boolean {
    const state = this.of(id)
    const next = new Set(state.value)
    if (!next.delete(seq)) next.add(seq)
    if (next.size > SELECTED_MAX) return false
    state.value = next
    return true
  }

  /** The user selects no more. */
  end(id: ConversationId): void {
    this.of(id).value = undefined
  }
}
