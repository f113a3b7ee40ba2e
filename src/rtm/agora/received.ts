/** What the SDK hands to listeners, checked. */
import { isRecord } from '@/src/chat/util/checks'
import type { ReceivedMessageProperties, RtmMessage } from '../port'

/** A message that is neither text nor raw bytes counts as raw ones, so that its arrival is seen as something that cannot be shown. */
export function receivedMessage(value: unknown): RtmMessage {
  const { text, rawMessage } = fields(value)
  if (rawMessage instanceof Uint8Array) return { rawMessage, messageType: 'RAW' }
  return typeof text === 'string' ? { text, messageType: 'TEXT' } : { rawMessage: new Uint8Array(), messageType: 'RAW' }
}

/** Without a server time NaN: this device's time says nothing of the service's. */
export function receivedProperties(value: unknown): ReceivedMessageProperties {
  const { serverReceivedTs, isOfflineMessage, isHistoricalMessage } = fields(value)
  return {
    serverReceivedTs: typeof serverReceivedTs === 'number' ? serverReceivedTs : NaN,
    ...(typeof isOfflineMessage === 'boolean' && { isOfflineMessage }),
    ...(typeof isHistoricalMessage === 'boolean' && { isHistoricalMessage }),
  }
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {}
}
