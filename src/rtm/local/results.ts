/** Results by id as the port gives them. Object.fromEntries makes an own property of any id, `__proto__` too. */
import type { ChannelAttributes } from '../port'
import type { ChannelAttributesJson, Pair } from './frames'

export function byId<Value>(pairs: readonly Pair<Value>[]): { [id: string]: Value } {
  return Object.fromEntries(pairs)
}

export function channelAttributes(pairs: ChannelAttributesJson): ChannelAttributes {
  return byId(pairs)
}
