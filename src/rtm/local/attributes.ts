/** The rules for attributes of users and channels, and the pairs they travel as. Sizes are UTF-8 bytes. */
import { ATTRIBUTE_KEY_MAX_BYTES, ATTRIBUTE_VALUE_MAX_BYTES, ATTRIBUTES_MAX_KEYS, utf8Length } from '@/src/chat/rtm-limits'
import { isPlainObject } from '../checks'
import { rtmError } from '../error-name'
import type { Pair } from './frames'

/** A change of attributes as the requests setUser and setChannel carry it. */
export type AttributeChange =
  | { readonly op: 'set' | 'add'; readonly attributes: Pair<string>[] }
  | { readonly op: 'delete'; readonly keys: string[] }
  | { readonly op: 'clear' }

/** The pairs of an attributes object, or the SDK's error for one that breaks the rules. */
export function attributePairs(attributes: unknown, totalMaxBytes: number): Pair<string>[] {
  if (!isPlainObject(attributes)) throw rtmError('attributes', 'INVALID_ARGUMENT')
  const pairs = Object.entries(attributes).map(([key, value]): Pair<string> => {
    if (typeof value !== 'string' || value === '') throw rtmError('attributes', 'INVALID_ARGUMENT')
    if (utf8Length(value) > ATTRIBUTE_VALUE_MAX_BYTES) throw rtmError('attributes', 'SIZE_OVERFLOW')
    return [key, value]
  })
  attributeKeys(pairs.map(([key]) => key))
  const total = pairs.reduce((bytes, [key, value]) => bytes + utf8Length(key) + utf8Length(value), 0)
  if (total > totalMaxBytes) throw rtmError('attributes', 'SIZE_OVERFLOW')
  return pairs
}

/** `keys`, or the SDK's error for keys that break the rules. */
export function attributeKeys(keys: unknown): string[] {
  if (!Array.isArray(keys) || keys.length === 0 || !keys.every(isKey)) throw rtmError('attributes', 'INVALID_ARGUMENT')
  if (keys.length > ATTRIBUTES_MAX_KEYS) throw rtmError('attributes', 'SIZE_OVERFLOW')
  return keys
}

/** What `attributes` are after `change`. */
export function applyChange(attributes: ReadonlyMap<string, string>, change: AttributeChange): Map<string, string> {
  if (change.op === 'clear') return new Map()
  if (change.op === 'set') return new Map(change.attributes)
  if (change.op === 'delete') return new Map([...attributes].filter(([key]) => !change.keys.includes(key)))
  return new Map([...attributes, ...change.attributes])
}

/** The changes that make a user without attributes have these, each small enough for one request. */
export function changesToRestore(attributes: ReadonlyMap<string, string>): AttributeChange[] {
  const pairs = [...attributes]
  const starts = Array.from({ length: Math.ceil(pairs.length / ATTRIBUTES_MAX_KEYS) }, (_, i) => i * ATTRIBUTES_MAX_KEYS)
  return starts.map((start) => ({ op: 'add', attributes: pairs.slice(start, start + ATTRIBUTES_MAX_KEYS) }))
}

function isKey(key: unknown): key is string {
  return typeof key === 'string' && key !== '' && utf8Length(key) <= ATTRIBUTE_KEY_MAX_BYTES
}
