/** The phone's system information. Language, theme and network can be set. */
import { capsuleOf, type Bars, type PhoneModel } from '../runtime/phone-size'
import type { Platform, Theme } from '../runtime/types'
import type { Problems } from '../runtime/problems'
import { asyncApi, type Options } from './callbacks'

export interface PhoneState {
  language: string
  theme: Theme
  readonly platform: Platform
  readonly model: PhoneModel
  /** px, of WeChat's own setting. Pages follow it only if they ask to, so nothing here is drawn larger. */
  readonly fontSize: number
  online: boolean
  /** Whether a screen reader runs. */
  readonly screenReader: boolean
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
    fontSizeSetting: phone.fontSize,
    fontSizeScaleFactor: phone.fontSize / 16,
  })
  const { model } = phone
  const device = () => ({ abi: 'arm64', benchmarkLevel: -1, brand: model.brand, model: model.model, system: model.system, platform: phone.platform, memorySize: 2048 })
  const window = () => ({
    pixelRatio: model.pixelRatio,
    screenWidth: model.width,
    screenHeight: model.height,
    windowWidth: model.width,
    windowHeight: model.height - bars().top - bars().bottom,
    statusBarHeight: model.statusBarHeight,
    screenTop: bars().top,
    safeArea: { left: 0, right: model.width, top: model.safeTop, bottom: model.height - model.safeBottom, width: model.width, height: model.height - model.safeTop - model.safeBottom },
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
    getMenuButtonBoundingClientRect: () => capsuleOf(model),
    getLaunchOptionsSync: () => ({ ...launch }),
    getEnterOptionsSync: () => ({ ...launch }),
    getAccountInfoSync: () => ({ miniProgram: { appId: 'touristappid', envVersion: 'develop', version: '' } }),
    getNetworkType: asyncApi(problems, 'getNetworkType', () => ({ networkType: phone.online ? 'wifi' : 'none', hasSystemProxy: false })),
    checkIsOpenAccessibility: asyncApi(problems, 'checkIsOpenAccessibility', () => ({ open: phone.screenReader })),
    canIUse: () => true,
  }
}
