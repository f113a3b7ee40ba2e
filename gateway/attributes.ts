/** Attributes of users and channels: small texts by key, with the size limits of RTM 1.x. */
import {
  ATTRIBUTES_MAX_KEYS,
  ATTRIBUTE_KEY_MAX_BYTES,
  ATTRIBUTE_VALUE_MAX_BYTES,
  CHANNEL_ATTRIBUTES_GET_RATE,
  CHANNEL_ATTRIBUTES_MAX_BYTES,
  CHANNEL_ATTRIBUTES_SET_RATE,
  USER_ATTRIBUTES_GET_RATE,
  USER_ATTRIBUTES_MAX_BYTES,
  USER_ATTRIBUTES_SET_RATE,
  isValidId,
  utf8Length,
} from '../src/chat/rtm-limits'
import type { ChannelAttributesJson, Pair, RequestFrame, Requests } from '../src/rtm/local/frames'
import { ATTRIBUTES, Refusal } from './codes'
import type { Context } from './context'
import { attributeBytes } from './holdings'
import type { Session } from './session'
import type { ChannelAttributes } from './store/port'
import { channelMembers, channelSubject, userSubject } from './subjects'

type Change = Requests['setUser']['ask']

export class Attributes {
  constructor(private readonly context: Context) {}

  async setUser(session: Session, change: RequestFrame<'setUser'>): Promise<object> {
    if (!session.rates.take('setUser', USER_ATTRIBUTES_SET_RATE)) throw new Refusal(ATTRIBUTES.TOO_OFTEN, 'more than 10 calls in 5 s')
    checkChange(change)
    await this.context.store.changeUserAttributes(session.uid, (current) => {
      const next = changed(current, change, (value) => value)
      checkTotal(next, (value) => value, USER_ATTRIBUTES_MAX_BYTES)
      const bytes = attributeBytes(next)
      if (!session.holding.hasRoomForAttributes(bytes)) throw new Refusal(ATTRIBUTES.SIZE_OVERFLOW, 'the gateway has no room for more attributes')
      session.holding.setAttributes(bytes)
      return next
    })
    return {}
  }

  async getUser(session: Session, { uid, keys }: RequestFrame<'getUser'>): Promise<{ attributes: Pair<string>[] }> {
    if (!session.rates.take('getUser', USER_ATTRIBUTES_GET_RATE)) throw new Refusal(ATTRIBUTES.TOO_OFTEN, 'more than 40 calls in 5 s')
    if (!isValidId(uid)) throw new Refusal(ATTRIBUTES.INVALID_ARGUMENT, 'not a user id')
    if (keys) checkKeys(keys)
    const { bus, store, timing } = this.context
    const reply = await bus.request(userSubject(uid), { kind: 'state' }, timing.ackTimeoutMs)
    if (!reply || reply.state === 'OFFLINE') throw new Refusal(ATTRIBUTES.USER_NOT_FOUND, 'the user is not online')
    return { attributes: picked(await store.userAttributes(uid), keys) }
  }

  async setChannel(session: Session, change: RequestFrame<'setChannel'>): Promise<object> {
    if (!session.rates.take('setChannel', CHANNEL_ATTRIBUTES_SET_RATE)) throw new Refusal(ATTRIBUTES.TOO_OFTEN, 'more than 10 calls in 5 s')
    const { ch, notify } = change
    if (!isValidId(ch)) throw new Refusal(ATTRIBUTES.INVALID_ARGUMENT, 'not a channel id')
    checkChange(change)
    const { bus, store, timing, clock } = this.context
    const stamp = { lastUpdateUserId: session.uid, lastUpdateTs: clock.now() }
    const attributes = await store.changeChannelAttributes(ch, (current) => {
      const next = changed(current, change, (value) => ({ value, ...stamp }))
      checkTotal(next, ({ value }) => value, CHANNEL_ATTRIBUTES_MAX_BYTES)
      return next
    })
    const isEmpty = (await bus.countMembers(channelMembers(ch))) === 0
    if (isEmpty) await store.expireChannelAttributes(ch, clock.now() + timing.channelAttributesMs)
    if (notify) bus.publish(channelSubject(ch), { kind: 'attributes', attributes: [...attributes] })
    return {}
  }

  async getChannel(session: Session, { ch, keys }: RequestFrame<'getChannel'>): Promise<{ attributes: ChannelAttributesJson }> {
    if (!session.rates.take('getChannel', CHANNEL_ATTRIBUTES_GET_RATE)) throw new Refusal(ATTRIBUTES.TOO_OFTEN, 'more than 10 calls in 5 s')
    if (!isValidId(ch)) throw new Refusal(ATTRIBUTES.INVALID_ARGUMENT, 'not a channel id')
    if (keys) checkKeys(keys)
    const attributes: ChannelAttributes = await this.context.store.channelAttributes(ch)
    return { attributes: picked(attributes, keys) }
  }

  /** For a session that is over. */
  forget(session: Session): Promise<void> {
    session.holding.setAttributes(0)
    return this.context.store.changeUserAttributes(session.uid, () => new Map())
  }
}

/** Judges a call by itself; what it makes of the attributes that stand is judged by {@link checkTotal}. */
function checkChange(change: Change): void {
  if (change.op === 'clear') return
  if (change.op === 'delete') return checkKeys(change.keys)
  const { attributes } = change
  checkKeys(attributes.map(([key]) => key))
  if (attributes.some(([, value]) => value === '')) throw new Refusal(ATTRIBUTES.INVALID_ARGUMENT, 'an empty value')
  if (attributes.some(([, value]) => utf8Length(value) > ATTRIBUTE_VALUE_MAX_BYTES)) {
    throw new Refusal(ATTRIBUTES.SIZE_OVERFLOW, `a value of more than ${ATTRIBUTE_VALUE_MAX_BYTES} bytes`)
  }
}

function checkKeys(keys: readonly string[]): void {
  if (keys.length === 0) throw new Refusal(ATTRIBUTES.INVALID_ARGUMENT, 'no keys')
  if (keys.some((key) => key === '' || utf8Length(key) > ATTRIBUTE_KEY_MAX_BYTES)) {
    throw new Refusal(ATTRIBUTES.INVALID_ARGUMENT, `a key that is not of 1 to ${ATTRIBUTE_KEY_MAX_BYTES} bytes`)
  }
  if (keys.length > ATTRIBUTES_MAX_KEYS) throw new Refusal(ATTRIBUTES.SIZE_OVERFLOW, `more than ${ATTRIBUTES_MAX_KEYS} keys`)
}

function checkTotal<Value>(attributes: ReadonlyMap<string, Value>, text: (value: Value) => string, maxBytes: number): void {
  if (attributes.size > ATTRIBUTES_MAX_KEYS) throw new Refusal(ATTRIBUTES.SIZE_OVERFLOW, `more than ${ATTRIBUTES_MAX_KEYS} attributes`)
  let bytes = 0
  for (const [key, value] of attributes) bytes += utf8Length(key) + utf8Length(text(value))
  if (bytes > maxBytes) throw new Refusal(ATTRIBUTES.SIZE_OVERFLOW, `more than ${maxBytes} bytes together`)
}

function changed<Value>(current: ReadonlyMap<string, Value>, change: Change, make: (value: string) => Value): Map<string, Value> {
  const next = new Map(change.op === 'add' || change.op === 'delete' ? current : [])
  if (change.op === 'delete') for (const key of change.keys) next.delete(key)
  if (change.op === 'set' || change.op === 'add') for (const [key, value] of change.attributes) next.set(key, make(value))
  return next
}

function picked<Value>(attributes: ReadonlyMap<string, Value>, keys: readonly string[] | undefined): Pair<Value>[] {
  const wanted = keys && new Set(keys)
  return [...attributes].filter(([key]) => !wanted || wanted.has(key))
}
