import 'fake-indexeddb/auto'
import { afterEach, expect, it, vi } from 'vitest'
import { openStorage } from '@/src/storage'
import { importForH5 } from '../../support/h5'
import { USER_DATA_PATH } from '../../support/wx-files'
import { alice, conversation, message } from './make'
import { temporaryWxDisk } from './wx-disk'

afterEach(() => vi.unstubAllGlobals())

it('stores a history in files and storage keys in the mini program', async () => {
  const { disk, dispose } = temporaryWxDisk()
  vi.stubGlobal('wx', { ...disk.storage, env: { USER_DATA_PATH }, getFileSystemManager: () => disk.fs })
  const history = await openStorage().openHistory(alice)
  await history.write([{ conversation: conversation('peer:bob', 1), messages: [message(0)] }])
  await history.saveDraft('peer:bob', 'unsent')
  // a page of the log, the index, and the format of the index
  expect(disk.list()).toHaveLength(3)
  expect(disk.storage.getStorageInfoSync().keys).toHaveLength(1)
  expect(await (await openStorage().openHistory(alice)).messages('peer:bob', 0, 1)).toEqual([message(0)])
  dispose()
})

it('stores a history in IndexedDB on H5', async () => {
  const h5 = await importForH5<typeof import('@/src/storage')>('src/storage/index.ts')
  const history = await h5.openStorage().openHistory(alice)
  await history.write([{ conversation: conversation('peer:bob', 1), messages: [message(0)] }])
  expect((await indexedDB.databases()).map(({ name }) => name)).toEqual(['uni-rtm-chat'])
  expect(await (await h5.openStorage().openHistory(alice)).messages('peer:bob', 0, 1)).toEqual([message(0)])
})
