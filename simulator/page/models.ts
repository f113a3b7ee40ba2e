/** The four phones of the simulator. Sizes in px. */
import type { PhoneModel } from '../runtime/phone-size'
import type { Platform } from '../runtime/types'

export type ModelName = 'se' | 'iphone' | 'max' | 'android'

export interface SimulatedPhone extends PhoneModel {
  readonly name: string
  readonly platform: Platform
  readonly notch: 'none' | 'island' | 'hole'
  /** The radius of the screen's corners. */
  readonly radius: number
}

const IPHONE = { brand: 'iPhone', platform: 'ios', navigationBarHeight: 44 } as const
const WITH_ISLAND = { ...IPHONE, system: 'iOS 17.4', pixelRatio: 3, statusBarHeight: 54, safeTop: 59, safeBottom: 34, notch: 'island', radius: 54 } as const

export const MODELS: Readonly<Record<ModelName, SimulatedPhone>> = {
  se: { ...IPHONE, name: 'iPhone SE', model: 'iPhone SE (3rd generation)', system: 'iOS 17.4', width: 375, height: 667, pixelRatio: 2, statusBarHeight: 20, safeTop: 20, safeBottom: 0, notch: 'none', radius: 8 },
  iphone: { ...WITH_ISLAND, name: 'iPhone 15', model: 'iPhone 15<iPhone15,4>', width: 393, height: 852 },
  max: { ...WITH_ISLAND, name: 'iPhone 15 Pro Max', model: 'iPhone 15 Pro Max<iPhone16,2>', width: 430, height: 932 },
  android: { name: 'Android', brand: 'Xiaomi', model: '2201122C', system: 'Android 13', platform: 'android', width: 360, height: 800, pixelRatio: 3, statusBarHeight: 32, navigationBarHeight: 48, safeTop: 32, safeBottom: 0, notch: 'hole', radius: 28 },
}
