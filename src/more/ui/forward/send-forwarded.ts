/** Sends messages on to other conversations. */
import type { ConversationId } from '@/src/chat/conversation/conversation'
import { withOwnAddress } from '@/src/chat/media/again'
import { fitsForwarded, forwardedBody, forwardedFrom } from '@/src/chat/message/forwarding'
import type { CommonFields, Profile } from '@/src/chat/message/common-fields'
import type { Message } from '@/src/chat/message/message'
import type { MessageBody } from '@/src/kinds/registry'
import type { Account } from '@/src/stores/chat/account'

/** A message for each of the conversations. */
export interface Forwarding {
  readonly body: MessageBody
  readonly common?: CommonFields
}

/**
 * Messages one by one. In rich mode each says whose words it has; one that has no room for that is left out: it would pass for the forwarder's own.
 * Plain mode has no such field.
 * @param by the profile that the forwarder's messages carry
 */
export function oneByOne(messages: readonly Message[], isRich: boolean, by: Profile | undefined): Forwarding[] {
  return messages.flatMap((message): Forwarding[] => {
    const body = forwardedBody(message)
    if (!isRich) return [{ body }]
    const fwd = forwardedFrom(message)
    return fitsForwarded(body, fwd, by) ? [{ body, common: { fwd } }] : []
  })
}

/**
 * Saves and shows them as own messages of each target, which the outbox sends: in each conversation in order and one at a time, so that receipts and other
 * conversations wait for a few of them, not for all.
 */
export async function sendForwarded(account: Account, targets: readonly ConversationId[], all: readonly Forwarding[]): Promise<void> {
  await Promise.all(
    targets.map(async (target) => {
      for (const { body, common } of all) await account.own.send(target, withOwnAddress(body), common)
    }),
  )
}
