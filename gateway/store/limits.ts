/** How much a store holds in all, in bytes as UTF-16 with {@link ENTRY_OVERHEAD_BYTES} for each entry. */
export interface StoreLimits {
  /** All offline queues together. */
  readonly queuesBytes: number
  /** Offline messages that wait for the disk: of all senders, and of one. More are refused. */
  readonly unwrittenBytes: number
  readonly unwrittenBytesOfSender: number
  /** The recent messages of all channels. */
  readonly recentBytes: number
  /** The attributes of all channels. */
  readonly channelAttributesBytes: number
}

export const STORE_LIMITS: StoreLimits = {
  queuesBytes: 128 * 1024 * 1024,
  unwrittenBytes: 64 * 1024 * 1024,
  unwrittenBytesOfSender: 8 * 1024 * 1024,
  recentBytes: 64 * 1024 * 1024,
  channelAttributesBytes: 64 * 1024 * 1024,
}

/** What an entry costs beside its text, roughly. */
export const ENTRY_OVERHEAD_BYTES = 256
