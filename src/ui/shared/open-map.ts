import type { Coordinates } from '@/src/platform/gcj02'
// #ifdef H5
import { cleanText } from '@/src/chat/text/written-text'
import { openOutside } from '@/src/platform/outside'
// #endif
// #ifdef MP-WEIXIN
import { openLocation } from '@/src/platform/ask'
import { tellRefusal } from './refusal-text'
// #endif

/** A place in WGS-84, with the words for its pin. */
export interface MapPlace extends Coordinates {
  readonly name: string
  readonly address: string
}

/** Shows a place: on WeChat's own map in the mini program, on the page of `VITE_MAP_URL` in a new tab on H5. */
export async function openMap(place: MapPlace): Promise<void> {
  // #ifdef H5
  openOutside(mapAddress(import.meta.env.VITE_MAP_URL || DEFAULT_MAP_URL, place))
  // #endif
  // #ifdef MP-WEIXIN
  const opened = await openLocation(place)
  if (!opened.ok) await tellRefusal('location.refused', opened)
  // #endif
}

// #ifdef H5
/** AMap's page, which needs no key and reads WGS-84. */
const DEFAULT_MAP_URL = 'https://uri.amap.com/marker?position={lng},{lat}&name={name}&coordinate=wgs84'

/** `template` with the place in it, encoded. */
function mapAddress(template: string, { lat, lng, name, address }: MapPlace): string {
  const values: Readonly<Record<string, string>> = { lat: String(lat), lng: String(lng), name: encodeURIComponent(cleanText(name || address)) }
  return template.replace(/\{(lat|lng|name)\}/g, (_, key: string) => values[key] ?? '')
}
// #endif
