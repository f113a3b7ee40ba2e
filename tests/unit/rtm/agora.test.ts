/** The Agora adapters with SDKs that misbehave in ways the doubles of tests/contract do not. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { fromSdkError } from '@/src/rtm/agora/error'
import { receivedMessage, receivedProperties } from '@/src/rtm/agora/received'
import { createAgoraMiniRtm } from '@/src/rtm/agora-mini'
import { LOCAL_APP_ID } from '@/src/rtm/local/frames'
import { SdkEmitter } from '../../contract/doubles/sdk-emitter'
import { SdkError } from '../../contract/doubles/sdk-error'

class HangingClient extends SdkEmitter {
  readonly calls: unknown[][] = []
  private readonly hang = (...args: unknown[]) => {
    this.calls.push(args)
    return new Promise<never>(() => {})
  }
  login = this.hang
  logout = this.hang
  renewToken = this.hang
  sendMessageToPeer = this.hang
  readonly channel = Object.assign(new SdkEmitter(), { join: this.hang, leave: this.hang, sendMessage: this.hang, getMembers: this.hang })
  createChannel = () => this.channel
}

describe('an SDK whose promises hang', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  it('rejects in time', async () => {
    vi.useFakeTimers()
    const sdk = new HangingClient()
    const client = createAgoraMiniRtm({ createInstance: () => sdk }).createInstance(LOCAL_APP_ID)
    sdk.emit('ConnectionStateChanged', 'CONNECTED', 'LOGIN_SUCCESS')
    const channel = client.createChannel('room')
    const calls = [
      client.login({ uid: 'a' }),
      client.logout(),
      client.renewToken('t'),
      client.sendMessageToPeer({ text: 'x' }, 'b'),
      channel.join(),
      channel.leave(),
      channel.sendMessage({ text: 'x' }),
      channel.getMembers(),
    ]
    const results = Promise.allSettled(calls)
    await vi.advanceTimersByTimeAsync(21_000)
    const names = (await results).map((result) => result.status === 'rejected' && `${result.reason.operation} ${result.reason.code} ${result.reason.name}`)
    expect(names).toEqual([
      'login 9 RtmTimeoutError',
      'logout 1 RtmTimeoutError',
      'renewToken 1 RtmTimeoutError',
      'peerMessage 2 RtmTimeoutError',
      'join 4 RtmTimeoutError',
      'leave 1 RtmTimeoutError',
      'channelMessage 2 RtmTimeoutError',
      'getMembers 3 RtmTimeoutError',
    ])
  })

  it('gets no renewed token in ABORTED, where it would hang', async () => {
    const sdk = new HangingClient()
    const client = createAgoraMiniRtm({ createInstance: () => sdk }).createInstance(LOCAL_APP_ID)
    sdk.emit('ConnectionStateChanged', 'CONNECTED', 'LOGIN_SUCCESS')
    sdk.emit('ConnectionStateChanged', 'ABORTED', 'REMOTE_LOGIN')
    await expect(client.renewToken('t')).rejects.toMatchObject({ operation: 'renewToken', code: 102 })
    expect(sdk.calls).toEqual([])
  })
})

describe('createAgoraMiniRtm', () => {
  it.each([undefined, null, {}, { default: {} }, 'file'])('reports that %j is not the SDK', (sdk) => {
    expect(() => createAgoraMiniRtm(sdk)).toThrow(/not Agora's RTM SDK/)
  })

  it('makes one instance per App ID', () => {
    const createInstance = vi.fn(() => new HangingClient())
    const rtm = createAgoraMiniRtm({ createInstance })
    expect(rtm.createInstance(LOCAL_APP_ID)).toBe(rtm.createInstance(LOCAL_APP_ID))
    expect(createInstance).toHaveBeenCalledTimes(1)
  })

  it("converts the SDK's errors to RtmErrors", () => {
    const createInstance = () => {
      throw new SdkError('RtmInvalidArgumentError', 1, 'the appId is invalid')
    }
    expect(() => createAgoraMiniRtm({ createInstance }).createInstance(LOCAL_APP_ID)).toThrow(
      expect.objectContaining({ operation: 'createInstance', code: 1, message: ' Error Code 1 - the appId is invalid' }),
    )
  })
})

describe('fromSdkError', () => {
  it('keeps name, code and text, and the error itself', () => {
    const original = Object.assign(new SdkError('RtmUnauthenticatedError', 6, 'token expired'), { serverCode: 109 })
    const error = fromSdkError('login', original)
    expect(error).toMatchObject({ operation: 'login', code: 6, name: 'RtmUnauthenticatedError', serverCode: 109, originalError: original })
    expect(error.message).toBe(' Error Code 6 - token expired')
  })

  it.each([
    [{ name: 'RtmUnknownError', code: undefined, message: ' Error Code undefined - odd' }, 'join 1 RtmUnknownError  Error Code 1 - odd'],
    [{ name: 'TypeError', code: 7, message: 'x' }, 'join 7 RtmInvokeTooOftenError  Error Code 7 - x'],
    ['text', 'join 1 RtmUnavailableError  Error Code 1 - text'],
    [undefined, 'join 1 RtmUnavailableError  Error Code 1 - undefined'],
  ])('converts %j', (original, expected) => {
    const { operation, code, name, message } = fromSdkError('join', original)
    expect(`${operation} ${code} ${name} ${message}`).toBe(expected)
  })
})

describe("the SDK's events", () => {
  it('are checked', () => {
    expect(receivedMessage({ text: 'hi', extra: 1 })).toEqual({ text: 'hi', messageType: 'TEXT' })
    expect(receivedMessage({ rawMessage: Uint8Array.of(1) })).toEqual({ rawMessage: Uint8Array.of(1), messageType: 'RAW' })
    for (const odd of [undefined, null, 'text', { text: 7 }]) expect(receivedMessage(odd)).toEqual({ rawMessage: new Uint8Array(), messageType: 'RAW' })
    expect(receivedProperties({ serverReceivedTs: 5, isOfflineMessage: false })).toEqual({ serverReceivedTs: 5, isOfflineMessage: false })
    expect(receivedProperties(undefined)).toEqual({ serverReceivedTs: expect.any(Number) })
  })
})
