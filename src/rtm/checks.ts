/** Checks of arguments that the adapters share. */
import { isValidId } from '@/src/chat/rtm-limits'
import { isRecord } from '@/src/chat/util/checks'
import { rtmError } from './error-name'

/** Throws like createInstance of the SDKs unless `appId` is 32 letters and digits. */
export function checkAppId(appId: string): void {
  if (typeof appId === 'string' && /^[0-9A-Za-z]{32}$/.test(appId)) return
  throw rtmError('createInstance', 'INVALID_ARGUMENT')
}

/** Throws like createChannel of the SDKs for an id that breaks the rules. */
export function checkChannelId(channelId: string): void {
  if (!isValidId(channelId)) throw rtmError('createChannel', 'INVALID_ARGUMENT')
}

/** Throws the login error for a user id or a token that cannot be one. */
export function checkCredentials(uid: unknown, token: unknown): void {
  if (!isValidId(uid)) throw rtmError('login', 'INVALID_ARGUMENT')
  if (token !== undefined && token !== null && typeof token !== 'string') {
    throw rtmError('login', 'INVALID_ARGUMENT')
  }
}

/** The text of a message. Throws for anything else. */
export function textOf(message: unknown, operation: 'peerMessage' | 'channelMessage'): string {
  if (isRecord(message) && typeof message.text === 'string') return message.text
  throw rtmError(operation, 'INVALID_MESSAGE')
}
