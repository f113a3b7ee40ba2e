/** The history where nothing can be read or saved: it is empty, and every write rejects. Only drafts are held, in memory. */
import type { ConversationId } from '@/src/chat/conversation/conversation'
import type { DraftAbout } from '@/src/chat/conversation/draft'
import type { MessageRef } from '@/src/chat/message/message'
import { StorageError, type History, type StorageFailure } from '../port'

export class ClosedHistory implements History {
  private readonly drafts = new Map<ConversationId, { readonly text: string; readonly about: DraftAbout }>()

  constructor(private readonly failure: StorageFailure) {}

  recent = () => []
  conversations = async () => []
  messages = async () => []
  amendments = async () => []
  find = async (_id: ConversationId, refs: readonly MessageRef[]) => refs.map(() => undefined)
  isUnknown = () => true
  onAmended: History['onAmended'] = () => undefined
  indexOldPages = () => () => undefined
  draft = async (id: ConversationId) => this.drafts.get(id)?.text ?? ''
  draftAbout = async (id: ConversationId) => this.drafts.get(id)?.about ?? {}
  usage = async () => ({ bytes: 0, conversations: [] })
  damage = () => ({ unreadable: 0, isUnreported: false, closed: this.failure })
  markReported = async () => undefined
  write = () => this.refuse()
  remove = () => this.refuse()
  saveDraft = (id: ConversationId, text: string, about: DraftAbout = {}) => {
    this.drafts.set(id, { text, about })
    return this.refuse()
  }

  private async refuse(): Promise<void> {
    throw new StorageError(this.failure, 'nothing is saved')
  }
}
