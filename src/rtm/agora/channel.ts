import { textOf } from '../checks'
import { Emitter } from '../emitter'
import { notLoggedIn, type RtmError, type RtmOperation } from '../errors'
import type { RtmChannel, RtmChannelEvents, RtmTextMessage } from '../port'
import { callSdk } from './call'
import { notJoinedAsInWeb } from './error'
import { MemberCount } from './member-count'
import { receivedMessage, receivedProperties } from './received'
import type { SdkChannel } from './sdk'

export interface ChannelOptions {
  /** Whether this adapter has to emit MemberCountUpdated. */
  readonly countsMembers: boolean
  readonly isLoggedIn: () => boolean
  /** The registry in which a channel is while it is joined. */
  readonly joined: Set<AgoraChannel>
}

/** Adapts a channel of one of Agora's SDKs to the port. */
export class AgoraChannel extends Emitter<RtmChannelEvents> implements RtmChannel {
  private readonly count: MemberCount | undefined

  constructor(
    readonly channelId: string,
    private readonly sdk: SdkChannel,
    private readonly options: ChannelOptions,
  ) {
    super()
    if (options.countsMembers) {
      this.count = new MemberCount(
        () => this.getMembers(),
        (count) => void this.emit('MemberCountUpdated', count),
      )
    } else sdk.on('MemberCountUpdated', (count) => void this.emit('MemberCountUpdated', Number(count)))
    sdk.on('ChannelMessage', (message, memberId, properties) => {
      void this.emit('ChannelMessage', receivedMessage(message), String(memberId), receivedProperties(properties))
    })
    sdk.on('MemberJoined', (memberId) => {
      void this.emit('MemberJoined', String(memberId))
      this.count?.refresh()
    })
    sdk.on('MemberLeft', (memberId) => {
      void this.emit('MemberLeft', String(memberId))
      this.count?.refresh()
    })
  }

  async join(): Promise<void> {
    await this.call('join', () => this.sdk.join())
    this.options.joined.add(this)
    this.count?.start()
  }

  async leave(): Promise<void> {
    await this.call('leave', () => this.sdk.leave())
    this.sessionEnded()
  }

  async sendMessage(message: RtmTextMessage): Promise<void> {
    textOf(message, 'channelMessage')
    try {
      await this.call('channelMessage', () => this.sdk.sendMessage(message))
    } catch (error) {
      throw notJoinedAsInWeb(error as RtmError, this.options.isLoggedIn())
    }
  }

  async getMembers(): Promise<string[]> {
    const members = await this.call('getMembers', () => this.sdk.getMembers())
    return Array.isArray(members) ? members.map(String) : []
  }

  /** The SDK is connected again, and has rejoined by itself. */
  reconnected(): void {
    this.count?.start()
  }

  /** The channel is not joined any more. */
  sessionEnded(): void {
    this.options.joined.delete(this)
    this.count?.stop()
  }

  private async call(operation: RtmOperation, call: () => unknown): Promise<unknown> {
    if (!this.options.isLoggedIn()) throw notLoggedIn(operation)
    return callSdk(operation, call)
  }
}
