/** Whether the user looks at the app. Messages that arrive while they do not stay unread. */
import { shallowRef, type ShallowRef } from 'vue'
import { hasAttention, onAttention } from '@/src/platform/attention'

const attended = shallowRef(hasAttention())
onAttention((has) => {
  attended.value = has
})

export const isAttended: Readonly<ShallowRef<boolean>> = attended
