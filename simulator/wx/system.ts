/** What the phone says of itself. One iPhone; language, theme and network can be set. */
import { PIXEL_RATIO, SCREEN_HEIGHT, SCREEN_WIDTH, STATUS_BAR_HEIGHT, type Bars } from '../runtime/phone-size'
import type { Platform, Theme } from '../runtime/types'
import type { Problems } from '../runtime/problems'
import { asyncApi, type Options } from './callbacks'

export interface PhoneState {
  language: string
  theme: Theme
  readonly platform: Platform
  online: boolean
}

/** `bars` are those of the top page. */
export function systemApi(problems: Problems, phone: PhoneState, launch: Options, bars: () => Bars): Record<string, unknown> {
  const appBase = () => ({
    SDKVersion: '3.8.0',
    enableDebug: false,
    host: { appId: '', env: 'WeChat', version: 0 },
    language: phone.language,
    version: '8.0.50',
    theme: phone.theme,
    fontSizeSetting: 16,
    fontSizeScaleFactor: 1,
  })
  const made = phone.platform === 'ios' ? { brand: 'iPhone', model: 'iPhone 8', system: 'iOS 16.7' } : { brand: 'HUAWEI', model: 'NOH-AN00', system: 'Android 12' }
  const device = () => ({ abi: 'arm64', benchmarkLevel: -1, ...made, platform: phone.platform, memorySize: 2048 })
  const window = () => ({
    pixelRatio: PIXEL_RATIO,
    screenWidth: SCREEN_WIDTH,
    screenHeight: SCREEN_HEIGHT,
    windowWidth: SCREEN_WIDTH,
    windowHeight: SCREEN_HEIGHT - bars().top - bars().bottom,
    statusBarHeight: STATUS_BAR_HEIGHT,
    screenTop: bars().top,
    safeArea: { left: 0, right: SCREEN_WIDTH, top: STATUS_BAR_HEIGHT, bottom: SCREEN_HEIGHT, width: SCREEN_WIDTH, height: SCREEN_HEIGHT - STATUS_BAR_HEIGHT },
  })
  const system = () => ({ ...appBase(), ...device(), ...window() })
  return {
    getAppBaseInfo: appBase,
    getDeviceInfo: device,
    getWindowInfo: window,
    getSystemInfoSync: system,
    getSystemInfo: asyncApi(problems, 'getSystemInfo', system),
    getSystemInfoAsync: asyncApi(problems, 'getSystemInfoAsync', system),
    getSystemSetting: () => ({ bluetoothEnabled: true, deviceOrientation: 'portrait', locationEnabled: true, wifiEnabled: true }),
    getAppAuthorizeSetting: () => ({ notificationAuthorized: 'authorized' }),
    getMenuButtonBoundingClientRect: () => ({ top: 26, left: 278, right: 365, bottom: 58, width: 87, height: 32 }),
    getLaunchOptionsSync: () => ({ ...launch }),
    getEnterOptionsSync: () => ({ ...launch }),
    getAccountInfoSync: () => ({ miniProgram: { appId: 'touristappid', envVersion: 'develop', version: '' } }),
    getNetworkType: asyncApi(problems, 'getNetworkType', () => ({ networkType: phone.online ? 'wifi' : 'none', hasSystemProxy: false })),
    canIUse: () => true,
  }
}
