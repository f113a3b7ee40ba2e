/** What a tap on the parts of a row beside its bubble does, by `data-does`. */
import type { Message } from '@/src/chat/message/message'
import { t } from '@/src/locales'
import { toast } from '@/src/platform/dialogs'
import type { Thread } from '@/src/stores/chat'
import type { Account } from '@/src/stores/chat/account'
import { hasReacted, toggleReaction } from './reactions'
import { select } from './selecting'

export interface TappedRow {
  readonly account: Account
  readonly thread: Thread
  readonly message: Message
  /** Of the tapped reaction. */
  readonly emoji: string | undefined
  /** Whether messages can be changed after they were sent: not in plain mode. */
  readonly isRich: boolean
}

const TAPS: Readonly<Record<string, (row: TappedRow) => Promise<void> | void>> = {
  react({ account, thread, message, emoji, isRich }) {
    return emoji === undefined || !isRich ? undefined : toggleReaction(account, thread.conversation, message, emoji, !hasReacted(message, emoji, account.uid))
  },
  quoted: ({ account, thread, message: { quote } }) => (quote ? showQuoted(account, thread, quote) : undefined),
  'write-again'({ account, thread, message }) {
    const words = account.own.actions.recalledText(message)
    if (words !== undefined) account.composers.write(thread.conversation, words)
  },
  check: ({ thread, message }) => select(thread.conversation, message),
  'retry-action': ({ account, thread, message }) => account.own.actions.retry(thread.conversation, message.seq),
}

/** Performs what the tapped part does. The parts of a bubble have listeners of their own. */
export function tapRow(does: string, row: TappedRow): void {
  if (Object.prototype.hasOwnProperty.call(TAPS, does)) void TAPS[does]?.(row)
}

async function showQuoted(account: Account, thread: Thread, { from, id }: NonNullable<Message['quote']>): Promise<void> {
  const seq = await account.conversations.log.seqOf(thread.conversation, { from, id })
  if (seq === undefined) toast(t('thread.quote.gone'))
  else thread.wanted.value = { seq }
}
