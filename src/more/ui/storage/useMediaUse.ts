import { computed, shallowRef } from 'vue'
import { parseConversationId, type ConversationId } from '@/src/chat/conversation/conversation'
import { sizeText } from '@/src/chat/text/storage-size'
import { t } from '@/src/locales'
import { ownerOf } from '@/src/chat/media/file-owner'
import { useChatStore } from '@/src/stores/chat'
import { loadMedia } from '@/src/stores/chat/media'
import { dataOf, type TapEvent } from '@/src/ui/shared/events'
import { conversationName } from '@/src/ui/shared/identity'
import { WORDS } from './words'

/** The files of messages in the cache of this device: their size, by conversation of this user, and clearing them. */
export function useMediaUse() {
  const chat = useChatStore()
  const total = shallowRef(0)
  const rows = shallowRef<readonly { readonly id: ConversationId; readonly bytes: number }[]>([])
  const ownerPrefix = () => ownerOf(chat.account?.uid ?? '', '')

  async function measure(): Promise<void> {
    const { cache } = await loadMedia()
    const prefix = ownerPrefix()
    total.value = cache.size()
    rows.value = [...cache.sizes()]
      .flatMap(([owner, bytes]) => {
        const id = owner.startsWith(prefix) ? parseConversationId(owner.slice(prefix.length)) : undefined
        return id ? [{ id, bytes }] : []
      })
      .sort((a, b) => b.bytes - a.bytes)
  }

  /** Deletes the files of a conversation, or of all persons. */
  async function forget(id?: ConversationId): Promise<void> {
    const { cache } = await loadMedia()
    await cache.clear(id && ownerPrefix() + id)
    await measure()
  }

  return {
    total: computed(() => (total.value > 0 ? sizeText(total.value) : '')),
    rows: computed(() =>
      rows.value.map(({ id, bytes }) => {
        const name = conversationName(id)
        return { id, name, size: sizeText(bytes), clearLabel: t(WORDS['media.clear.label'], { name }) }
      }),
    ),
    measure,
    forget,
    async clear(event: TapEvent): Promise<void> {
      const id = parseConversationId(dataOf(event, 'id'))
      if (id) await forget(id)
    },
    clearAll: () => forget(),
  }
}
