/** The shapes of the values on disk, and how they are told from anything else. */
import type { Pair } from '../../src/rtm/local/frames'
import type { ChannelMessage, PeerMessage } from './port'

type AttributeEntry = { readonly value: string; readonly lastUpdateUserId: string; readonly lastUpdateTs: number }

export interface ChannelRecord {
  readonly attributes: readonly Pair<AttributeEntry>[]
  readonly expiresAt?: number | undefined
}

export function isPeerMessage(value: unknown): value is PeerMessage {
  return isObject(value) && typeof value.from === 'string' && typeof value.text === 'string' && Number.isFinite(value.ts)
}

export function isChannelMessage(value: unknown): value is ChannelMessage {
  return isPeerMessage(value) && 'seq' in value && Number.isSafeInteger(value.seq)
}

export function isMembershipRecord(value: unknown): value is Pair<Pair<number>[]>[] {
  return Array.isArray(value) && value.every((client) => isPair(client) && Array.isArray(client[1]) && client[1].every(isSeqOfChannel))
}

export function isChannelRecord(value: unknown): value is ChannelRecord {
  if (!isObject(value) || !Array.isArray(value.attributes)) return false
  if (value.expiresAt !== undefined && !Number.isFinite(value.expiresAt)) return false
  return value.attributes.every((pair) => isPair(pair) && isAttributeEntry(pair[1]))
}

function isSeqOfChannel(value: unknown): value is Pair<number> {
  return isPair(value) && Number.isSafeInteger(value[1])
}

function isAttributeEntry(value: unknown): value is AttributeEntry {
  return isObject(value) && typeof value.value === 'string' && typeof value.lastUpdateUserId === 'string' && Number.isFinite(value.lastUpdateTs)
}

function isPair(value: unknown): value is Pair<unknown> {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string'
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
