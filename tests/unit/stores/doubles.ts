/** Doubles of the service and the device for the parts of the store. */
import { MemoryDisk, createMemoryKeyValue } from '../../support/memory-key-value'
import { createStorage } from '@/src/storage/history/create-storage'
import type { History } from '@/src/storage/port'
import type { Message, MessageStatus } from '@/src/chat/message/message'
import type { RtmCapabilities } from '@/src/rtm/port'
import { Account, type AccountPorts } from '@/src/stores/chat/account'
import { vi } from 'vitest'

export const PERSON = { appId: '0'.repeat(32), uid: 'me' }

export const CAPABILITIES: RtmCapabilities = {
  presence: true,
  offlineMessages: false,
  peerAcknowledgement: 'durable',
  tokens: ['006', '007'],
}

export function openHistory(disk = new MemoryDisk()): Promise<History> {
  return createStorage(createMemoryKeyValue(disk), () => 'one').openHistory(PERSON)
}

export function text(seq: number, more: Partial<Message> = {}): Message {
  return { seq, id: `id${seq}`, from: 'bob', at: 1_000 + seq, body: { kind: 'text', text: `text ${seq}` }, status: 'received', ...more }
}

export function own(seq: number, status: MessageStatus = 'queued', more: Partial<Message> = {}): Message {
  return text(seq, { from: 'me', status, at: Date.now(), ...more })
}

export function textOf({ body }: Message): string {
  return body.kind === 'text' ? body.text : body.kind
}

/** A service that accepts every message. */
export const SERVICE: Omit<AccountPorts, 'history' | 'limits'> = {
  uid: 'me',
  wire: 'rich',
  capabilities: CAPABILITIES,
  ready: () => true,
  rejoining: () => false,
  sendToPeer: async () => ({ hasPeerReceived: true }),
  sendToChannel: async () => undefined,
  watchPeer: () => undefined,
  isPeerOnline: () => false,
  marksRead: () => true,
  showsTyping: () => true,
}

/** An account over `disk`, as after a start of the app. Its service accepts every message. */
export async function openAccount(disk: MemoryDisk, ports: Partial<AccountPorts> = {}): Promise<Account> {
  const account = new Account({ ...SERVICE, history: await openHistory(disk), ...ports })
  await account.load()
  return account
}

export function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 5_000, interval: 1 })
}
