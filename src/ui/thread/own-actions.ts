/** The actions of your own in the menu of a message (docs/EXTENDING.md). Updates of this program leave this file as it is. */
import type { MessageAction } from './message-actions'

export const OWN_ACTIONS: readonly MessageAction[] = []
