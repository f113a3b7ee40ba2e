/** The sheet with all emojis, from which the user reacts to a message. A thread's page has one. */
import { inject, provide, shallowRef, type InjectionKey, type Ref } from 'vue'
import { provideMessageMenu } from '../menu/useMessageMenu'
import { reactionPort } from './reactions'

/** The open sheet's receiver of the chosen emoji. Undefined while it is closed. */
export type UseReactionSheetReturn = Ref<((emoji: string) => void) | undefined>

const SHEET: InjectionKey<UseReactionSheetReturn> = Symbol('reaction-sheet')

/** Call it once in the page of a thread: it provides the sheet, and the menu of a message with reactions. */
export function provideReactions(): void {
  const picked: UseReactionSheetReturn = shallowRef()
  provide(SHEET, picked)
  provideMessageMenu(reactionPort((pick) => (picked.value = pick)))
}

/** The sheet of this page. A page without reactions never opens it. */
export function useReactionSheet(): UseReactionSheetReturn {
  return inject(SHEET, () => shallowRef(), true)
}
