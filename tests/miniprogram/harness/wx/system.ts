/** What the phone says of itself. One iPhone; language, theme and network can be set. */
import type { Theme } from '../runtime/types'
import type { Problems } from '../runtime/problems'
import { asyncApi, type Options } from './callbacks'

export interface PhoneState {
  language: string
  theme: Theme
  online: boolean
}

const SCREEN = { width: 375, height: 667, pixelRatio: 2, statusBarHeight: 20, navigationBarHeight: 44, tabBarHeight: 50 } as const

/** `onTabPage` tells whether the top page has a tab bar, which takes some of the window's height. */
export function systemApi(problems: Problems, phone: PhoneState, launch: Options, onTabPage: () => boolean): Record<string, unknown> {
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
  const device = () => ({ abi: 'arm64', benchmarkLevel: -1, brand: 'iPhone', model: 'iPhone 8', platform: 'ios', system: 'iOS 16.7', memorySize: 2048 })
  const window = () => ({
    pixelRatio: SCREEN.pixelRatio,
    screenWidth: SCREEN.width,
    screenHeight: SCREEN.height,
    windowWidth: SCREEN.width,
    windowHeight: SCREEN.height - SCREEN.statusBarHeight - SCREEN.navigationBarHeight - (onTabPage() ? SCREEN.tabBarHeight : 0),
    statusBarHeight: SCREEN.statusBarHeight,
    screenTop: SCREEN.statusBarHeight + SCREEN.navigationBarHeight,
    safeArea: { left: 0, right: SCREEN.width, top: SCREEN.statusBarHeight, bottom: SCREEN.height, width: SCREEN.width, height: SCREEN.height - SCREEN.statusBarHeight },
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
