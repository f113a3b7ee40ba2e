import { isBlank, lineOf } from '@/src/chat/text/written-text'
import type { Fields, KindBody, MessageKind } from '../kind'

/** The maximum lengths, UTF-16 units. */
const NAME_MAX_LENGTH = 100
const ADDRESS_MAX_LENGTH = 200

/** Digits behind the point on the wire: 0.1 m. */
const DECIMALS = 6

/** A place. Its coordinates are in WGS-84, degrees. */
export interface LocationBody extends KindBody {
  readonly kind: 'location'
  /** '' if it has none. */
  readonly name: string
  /** '' if it has none. */
  readonly address: string
  /** From -90 to 90. */
  readonly lat: number
  /** From -180 to 180. */
  readonly lng: number
}

export const location: MessageKind<LocationBody> = {
  name: 'location',
  fields: ['name', 'address', 'lat', 'lng'],
  decode: read,
  encode: ({ name, address, lat, lng }) => ({ name, address, lat: rounded(lat), lng: rounded(lng) }),
  plain,
  parse: read,
  weight: ({ name, address }) => name.length + address.length + 40,
  excerpt: ({ name, address }, maxLength) => lineOf(isBlank(name) ? address : name, maxLength),
  line: (excerpt, t) => `${t('location.line')} ${excerpt}`.trimEnd(),
  copyText: plain,
  searchText: ({ name, address }) => `${name}\n${address}`,
}

function read({ name = '', address = '', lat, lng }: Fields): LocationBody | undefined {
  if (typeof name !== 'string' || name.length > NAME_MAX_LENGTH || typeof address !== 'string' || address.length > ADDRESS_MAX_LENGTH) return undefined
  if (!isWithin(lat, 90) || !isWithin(lng, 180)) return undefined
  return { kind: 'location', name, address, lat: rounded(lat), lng: rounded(lng) }
}

/** For a user of any language: another program shows it, and a user pastes it. */
function plain({ name, address, lat, lng }: LocationBody): string {
  return ['📍', name, address, `${rounded(lat).toFixed(DECIMALS)}, ${rounded(lng).toFixed(DECIMALS)}`].filter((line) => !isBlank(line)).join('\n').replace('\n', ' ')
}

function isWithin(value: unknown, max: number): value is number {
  return typeof value === 'number' && Math.abs(value) <= max
}

/** Never -0, which JSON does not have. */
function rounded(degrees: number): number {
  return Number(degrees.toFixed(DECIMALS)) + 0
}
