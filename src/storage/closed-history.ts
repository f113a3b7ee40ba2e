/** The history where nothing can be kept: there is nothing in it, and it takes nothing. What is written lasts as long as the app. */
import { StorageError, type History, type StorageFailure } from './port'

export class ClosedHistory implements History {
  constructor(private readonly failure: StorageFailure) {}

  recent = () => []
  conversations = async () => []
  messages = async () => []
  draft = async () => ''
  usage = async () => ({ bytes: 0, conversations: [] })
  damage = () => ({ unreadable: 0, closed: this.failure })
  write = () => this.refuse()
  remove = () => this.refuse()
  saveDraft = () => this.refuse()

  private async refuse(): Promise<void> {
    throw new StorageError(this.failure, 'nothing is kept')
  }
}
