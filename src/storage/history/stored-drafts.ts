/** The drafts of one user on the device, and those that this run has read or changed, also before they are saved. */
import type { ConversationId } from '@/src/chat/conversation/conversation'
import type { KeyValue, Write } from '../kv/key-value'
import type { PersonKeys } from '../keys'
import { draftRecord, parseDraftRecord, type StoredDraft } from '../records'

const NO_DRAFT: StoredDraft = { text: '', about: {} }

export class StoredDrafts {
  private readonly known = new Map<ConversationId, StoredDraft>()

  constructor(
    private readonly kv: Pick<KeyValue, 'get'>,
    private readonly keys: Pick<PersonKeys, 'draft'>,
  ) {}

  /** Rejects with StorageError. */
  async read(id: ConversationId): Promise<StoredDraft> {
    const read = this.known.get(id) ?? parseDraftRecord(await this.kv.get(this.keys.draft(id)))
    // It may have been changed during the read.
    const draft = this.known.get(id) ?? read
    this.known.set(id, draft)
    return draft
  }

  set(id: ConversationId, draft: StoredDraft): void {
    this.known.set(id, draft)
  }

  /** Its conversation is being removed. The returned function says that it has been: a draft saved in between stays. */
  removing(id: ConversationId): () => void {
    const draft = this.known.get(id)
    return () => {
      // Even if the draft stays on the device.
      if (this.known.get(id) === draft) this.known.set(id, NO_DRAFT)
    }
  }

  write(id: ConversationId, draft: StoredDraft): Write {
    const key = this.keys.draft(id)
    const value = draftRecord(draft)
    return value === undefined ? { type: 'delete', key } : { type: 'put', key, value }
  }
}
