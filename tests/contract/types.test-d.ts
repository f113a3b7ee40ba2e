/**
 * The port against the types of agora-rtm-sdk 1.5.1, checked by `npm run type-check`: a program written against one compiles
 * against the other. The SDK's enums are nominal; as template literals they are the port's unions.
 */
import type { RtmChannel as SdkChannel, RtmClient as SdkClient, RtmEvents, RtmMessage as SdkMessage, RtmRawMessage, RtmStatusCode, RtmTextMessage } from 'agora-rtm-sdk'
import type * as Port from '@/src/rtm/port'

/** Compiles only where `A` is assignable to `B`. */
type Assignable<A extends B, B> = A
type Both<A extends B, B extends C, C = A> = [A, B, C]

/** A type of the SDK with its nominal enums as unions of strings, through functions, promises and objects. */
type Plain<T> = T extends (...args: infer Args) => infer Result
  ? (...args: { [I in keyof Args]: Plain<Args[I]> }) => Plain<Result>
  : T extends Promise<infer Value>
    ? Promise<Plain<Value>>
    : T extends string
      ? `${T}`
      : T extends Uint8Array
        ? T
        : T extends object
          ? { [K in keyof T]: Plain<T[K]> }
          : T

export type Unions = [
  Both<Port.ConnectionState, `${RtmStatusCode.ConnectionState}`>,
  Both<Port.ConnectionChangeReason, `${RtmStatusCode.ConnectionChangeReason}`>,
  Both<Port.PeerOnlineState, `${RtmStatusCode.PeerOnlineState}`>,
  Both<Port.RtmTextMessage, RtmTextMessage>,
]

/** What the SDK sends is what the port receives, and what the port sends is taken by the SDK. */
export type Messages = [Assignable<RtmRawMessage, Port.RtmRawMessage>, Assignable<SdkMessage, Port.RtmMessage>, Assignable<Port.RtmTextMessage, SdkMessage>]

/** The methods of the SDK that the port has, each assignable in both directions. */
type Methods<T> = { [K in Exclude<keyof T, 'on' | 'removeAllListeners' | 'createChannel'>]: Plain<T[K]> }
type Shared<T, U> = Pick<Methods<T>, keyof Methods<T> & keyof Methods<U>>
/** The SDK sends raw messages too, the port text alone. */
type Sending = 'sendMessage' | 'sendMessageToPeer'

export type ChannelMethods = [
  Assignable<Shared<SdkChannel, Port.RtmChannel>, Shared<Port.RtmChannel, SdkChannel>>,
  Assignable<Omit<Shared<Port.RtmChannel, SdkChannel>, Sending>, Omit<Shared<SdkChannel, Port.RtmChannel>, Sending>>,
]
/** sendMessageToPeer has options in the port, as in the mini program's SDK: optional, so that a call of one is a call of the other. */
export type ClientMethods = [
  Assignable<Shared<SdkClient, Port.RtmClient>, Shared<Port.RtmClient, SdkClient>>,
  Assignable<Omit<Shared<Port.RtmClient, SdkClient>, Sending>, Omit<Shared<SdkClient, Port.RtmClient>, Sending>>,
]
/** The port's client has no member that the SDK's lacks, except those that the port documents as its own. */
export type ClientNames = Assignable<Exclude<keyof Port.RtmClient, 'checkConnection' | 'files'>, keyof SdkClient>
export type ChannelNames = Assignable<keyof Port.RtmChannel, keyof SdkChannel>

/** A listener for the SDK can be used with the port, and vice versa, if it does not read the flags of the mini program's SDK. */
type Arguments<T> = { [K in keyof T]: T[K] extends (...args: infer Args) => unknown ? Plain<Args> : never }
export type Events = [
  Assignable<Arguments<Port.RtmClientEvents>, Pick<Arguments<RtmEvents.RtmClientEvents>, keyof Port.RtmClientEvents>>,
  Assignable<Pick<Arguments<RtmEvents.RtmClientEvents>, keyof Port.RtmClientEvents>, Arguments<Port.RtmClientEvents>>,
  Assignable<Arguments<Port.RtmChannelEvents>, Pick<Arguments<RtmEvents.RtmChannelEvents>, keyof Port.RtmChannelEvents>>,
  Assignable<Pick<Arguments<RtmEvents.RtmChannelEvents>, keyof Port.RtmChannelEvents>, Arguments<Port.RtmChannelEvents>>,
]

// Types that must not be assignable: otherwise the checks above would prove nothing.
// @ts-expect-error CONNECTED is a state, not a reason
export type NotAReason = Assignable<'CONNECTED', Port.ConnectionChangeReason>
// @ts-expect-error a message is either text or raw
export type NotBoth = Assignable<{ text: string; rawMessage: Uint8Array }, Port.RtmMessage>
