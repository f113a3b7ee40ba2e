import { shallowRef, type ShallowRef } from 'vue'
import type { People } from './chat/people'

/** The users that the open account knows, by which names and avatars are shown. Undefined if none is open. */
export const people: ShallowRef<Pick<People, 'shown'> | undefined> = shallowRef()
