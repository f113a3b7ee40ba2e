import type { ShallowRef } from 'vue'
import { useChatStore, type ChannelView } from '@/src/stores/chat'

/** The state of the channel, and the actions on it. */
export interface UseChannelReturn {
  /** Whether the user is a member, the number of members, and their list once it was requested. */
  readonly view: Readonly<ShallowRef<ChannelView>>
  join(): Promise<void>
  leave(): Promise<void>
  loadMembers(): Promise<void>
}

/** Binds a component to a channel. */
export function useChannel(channelId: string): UseChannelReturn {
  const chat = useChatStore()
  return {
    view: chat.channelView(channelId),
    join: () => chat.joinChannel(channelId),
    leave: () => chat.leaveChannel(channelId),
    loadMembers: () => chat.loadMembers(channelId),
  }
}
