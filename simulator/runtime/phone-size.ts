/** The sizes of the phones, and how much of the screen WeChat's bars cover. All in px. */
import type { Platform } from './types'

/** One phone, as `wx` describes it. */
export interface PhoneModel {
  readonly brand: string
  readonly model: string
  readonly system: string
  readonly width: number
  readonly height: number
  readonly pixelRatio: number
  readonly statusBarHeight: number
  /** 44 on an iPhone, 48 on Android. */
  readonly navigationBarHeight: number
  /** Where the safe area begins: below a notch. */
  readonly safeTop: number
  /** The height of the home indicator at the bottom. */
  readonly safeBottom: number
}

const TAB_BAR_HEIGHT = 50
const CAPSULE = { width: 87, height: 32, right: 10 } as const

/** An iPhone without a notch. Tests use it. */
const PLAIN = { width: 375, height: 667, pixelRatio: 2, statusBarHeight: 20, navigationBarHeight: 44, safeTop: 20, safeBottom: 0 } as const
export const PLAIN_PHONES: Readonly<Record<Platform, PhoneModel>> = {
  ios: { brand: 'iPhone', model: 'iPhone 8', system: 'iOS 16.7', ...PLAIN },
  android: { brand: 'HUAWEI', model: 'NOH-AN00', system: 'Android 12', ...PLAIN },
}

/** How much of the screen's height the bars cover for a page's viewport, and where a home indicator still overlaps it. */
export interface Bars {
  readonly top: number
  readonly bottom: number
  readonly safeTop: number
  readonly safeBottom: number
}

/** A page with `navigationStyle: custom` begins at the top of the screen. A tab bar ends above the home indicator. */
export function barsOf(phone: PhoneModel, customNavigation: boolean, tabBar: boolean): Bars {
  return {
    top: customNavigation ? 0 : phone.statusBarHeight + phone.navigationBarHeight,
    bottom: tabBar ? TAB_BAR_HEIGHT + phone.safeBottom : 0,
    safeTop: customNavigation ? phone.safeTop : 0,
    safeBottom: tabBar ? 0 : phone.safeBottom,
  }
}

/** WeChat's capsule, as getMenuButtonBoundingClientRect describes it. */
export function capsuleOf(phone: PhoneModel): { top: number; left: number; right: number; bottom: number; width: number; height: number } {
  const top = phone.statusBarHeight + (phone.navigationBarHeight - CAPSULE.height) / 2
  const right = phone.width - CAPSULE.right
  return { top, left: right - CAPSULE.width, right, bottom: top + CAPSULE.height, width: CAPSULE.width, height: CAPSULE.height }
}
