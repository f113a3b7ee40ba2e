/** What a tap on the parts of a row beside its bubble does, by `data-does`. */
import type { Message } from '@/src/chat/message/message'
import { t } from '@/src/locales'
import { toast } from '@/src/platform/dialogs'
import type { Thread } from '@/src/stores/chat'
import type { Account } from '@/src/stores/chat/account'
import { dataOf, type TapEvent } from '../shared/events'
import { hasReacted, toggleReaction } from './reactions'

export interface TappedRow {
  readonly account: Account
  readonly thread: Thread
  readonly message: Message
  readonly event: TapEvent
}

const TAPS: Readonly<Record<string, (row: TappedRow) => Promise<void> | void>> = {
  react({ account, thread, message, event }) {
    const emoji = dataOf(event, 'emoji')
    return emoji === undefined ? undefined : toggleReaction(account, thread.conversation, message, emoji, !hasReacted(message, emoji, account.uid))
  },
  quoted: ({ account, thread, message: { quote } }) => (quote ? showQuoted(account, thread, quote) : undefined),
  'write-again'({ account, thread, message }) {
    const words = account.own.actions.recalledText(message)
    if (words !== undefined) account.composers.write(thread.conversation, words)
  },
  'retry-action': ({ account, thread, message }) => account.own.actions.retry(thread.conversation, message.seq),
}

/** Performs what the tapped part does. Returns false if it is not a part of the row but of the bubble. */
export function tapRow(does: string, row: TappedRow): boolean {
  const run = Object.prototype.hasOwnProperty.call(TAPS, does) ? TAPS[does] : undefined
  if (!run) return false
  void run(row)
  return true
}

async function showQuoted(account: Account, thread: Thread, { from, id }: NonNullable<Message['quote']>): Promise<void> {
  const seq = await account.conversations.log.seqOf(thread.conversation, { from, id })
  if (seq === undefined) toast(t('thread.quote.gone'))
  else thread.wanted.value = { seq }
}
