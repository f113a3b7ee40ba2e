/** Sends what the user took: kept on this device first, shown, then uploaded by the outbox. */
import type { ConversationId } from '@/src/chat/conversation/conversation'
import type { MessageBody } from '@/src/kinds/registry'
import type { TakenFile } from '@/src/platform/media/taken-file'
import type { Account } from '@/src/stores/chat/account'
import { loadMedia } from '@/src/stores/chat/media'
import { orMediaError } from '@/src/stores/chat/send/media-errors'

/** The body of a message with a file that waits for its upload. `local`: the key of the file on this device. */
export function bodyOf(taken: TakenFile, local: string, caption = ''): MessageBody {
  const { kind, name, mime, bytes, width = 1, height = 1, ms = 1, thumb = '', levels } = taken
  const file = { url: '', sha256: '', local, mime, bytes }
  switch (kind) {
    case 'image':
      return { kind, ...file, width, height, thumb, ...(caption !== '' && { text: caption }) }
    case 'video':
      return { kind, ...file, width, height, ms, thumb }
    case 'voice':
      return { kind, ...file, ms, ...(levels !== undefined && { levels }) }
    case 'file':
      return { kind, ...file, name }
  }
}

/** In order; the caption goes with the first picture. Resolves to whether all could be saved on this device. */
export async function sendTaken(account: Account, conversation: ConversationId, files: readonly TakenFile[], caption?: string): Promise<boolean> {
  const media = await loadMedia()
  let isSaved = true
  const captioned = files.findIndex(({ kind }) => kind === 'image')
  for (const [index, taken] of files.entries()) {
    const problem = await orMediaError(async () => {
      const local = await media.files.keep(taken.source)
      await account.own.send(conversation, bodyOf(taken, local, index === captioned ? caption : undefined))
    })
    if (problem) isSaved = false
  }
  return isSaved
}
