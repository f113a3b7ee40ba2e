/** The storage of the platform this is built for. */
import { newId } from '@/src/platform/ids'
import { createStorage } from './history/create-storage'
import type { Storage } from './port'
// #ifdef H5
import { createIndexedDbKeyValue } from './kv/indexeddb'
// #endif
// #ifdef MP-WEIXIN
import { createMiniKeyValue } from './kv/mini-program'
// #endif

export function openStorage(): Storage {
  // #ifdef H5
  return createStorage(createIndexedDbKeyValue(), newId)
  // #endif
  // #ifdef MP-WEIXIN
  return createStorage(createMiniKeyValue({ fs: wx.getFileSystemManager(), storage: wx, root: `${wx.env.USER_DATA_PATH}/history` }), newId)
  // #endif
}
