/** Whether the user looks at the app: what comes while they do not is not read. */
import { shallowRef, type ShallowRef } from 'vue'
import { hasAttention, onAttention } from '@/src/platform/attention'

const attended = shallowRef(hasAttention())
onAttention((has) => {
  attended.value = has
})

export const isAttended: Readonly<ShallowRef<boolean>> = attended
