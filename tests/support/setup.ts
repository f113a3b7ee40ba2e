import { beforeEach, vi } from 'vitest'
import { resetHooks } from './uni-app'

const names = ['showActionSheet', 'showToast', 'showModal', 'navigateTo', 'navigateBack', 'redirectTo', 'reLaunch', 'switchTab', 'setTabBarBadge', 'removeTabBarBadge', 'setNavigationBarTitle', 'stopPullDownRefresh', 'getStorageSync', 'setStorageSync'] as const
;(globalThis as any).uni = Object.fromEntries(names.map((n) => [n, vi.fn()]))
beforeEach(() => {
  vi.clearAllMocks()
  resetHooks()
})
