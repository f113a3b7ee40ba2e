/** The storage of the platform this is built for. */
import type { Storage } from './port'
// #ifdef H5
import { loadPart } from '@/src/chat/util/load-part'
// #endif
// #ifdef MP-WEIXIN
import { newId } from '@/src/platform/ids'
import { createStorage } from './history/create-storage'
import { createMiniKeyValue } from './kv/mini-program'
// #endif

export function openStorage(): Storage {
  // #ifdef H5
  // In a separate file, which the first paint does without. It is requested at once, beside the session.
  const storage = loadPart(() => import('./browser')).then(({ createBrowserStorage }) => createBrowserStorage())
  return { openHistory: async (person) => (await storage).openHistory(person) }
  // #endif
  // #ifdef MP-WEIXIN
  return createStorage(createMiniKeyValue({ fs: wx.getFileSystemManager(), storage: wx, root: `${wx.env.USER_DATA_PATH}/history` }), newId)
  // #endif
}
