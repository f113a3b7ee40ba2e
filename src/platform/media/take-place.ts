import { unsupported, type Asked } from './taken-file'
import type { Coordinates } from '../gcj02'
// #ifdef MP-WEIXIN
import { toWgs84 } from '../gcj02'
import { askFor, orCancelled } from './taken-file'
// #endif
// #ifdef H5
import { refusedBy } from './taken-file'

/** ms. */
const POSITION_TIMEOUT_MS = 20_000
// #endif

/** A place in WGS-84. Name and address are '' on H5, where no map tells them. */
export interface TakenPlace extends Coordinates {
  readonly name: string
  readonly address: string
}

/** Lets the user pick a place on WeChat's map; on H5 it is where the browser is. Undefined if the user cancels. */
export async function takePlace(): Promise<Asked<TakenPlace | undefined>> {
  if (import.meta.env.RTM_ATTACH_LOCATION === false) return unsupported('location')
  // #ifdef MP-WEIXIN
  const chosen = await askFor<WechatMiniprogram.ChooseLocationSuccessCallbackResult>((callbacks) => wx.chooseLocation(callbacks))
  if (!chosen.ok) return orCancelled<TakenPlace | undefined>(chosen, undefined)
  const { latitude, longitude, name, address } = chosen.value
  return { ok: true, value: { ...toWgs84({ lat: latitude, lng: longitude }), name, address } }
  // #endif
  // #ifdef H5
  try {
    const { coords } = await new Promise<GeolocationPosition>((resolve, reject) => navigator.geolocation.getCurrentPosition(resolve, reject, { enableHighAccuracy: true, timeout: POSITION_TIMEOUT_MS }))
    return { ok: true, value: { lat: coords.latitude, lng: coords.longitude, name: '', address: '' } }
  } catch (error) {
    // Its errors are no Errors: code 1 is a refusal.
    const { code, message } = error as Partial<GeolocationPositionError>
    return code === 1 ? { ok: false, reason: 'no-permission', detail: `geolocation: ${String(message)}` } : refusedBy(message ?? error)
  }
  // #endif
}
