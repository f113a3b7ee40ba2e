import { describeAdapter } from './suite'
import { temporaryWxDisk } from './wx-disk'
import { FILES_FULL, STORAGE_FULL, SYSTEM_ERROR } from '../../support/wx-files'
import { createMiniKeyValue } from '@/src/storage/kv/mini-program'

for (const renamesOver of [true, false]) {
  describeAdapter(
    `in the mini program, on a device that ${renamesOver ? 'renames' : 'does not rename'} over a file`,
    () => {
      const { disk, dispose } = temporaryWxDisk()
      disk.renamesOver = renamesOver
      return {
        open: () => createMiniKeyValue(disk),
        fail(failure) {
          // The logs accept writes, storage keys and index do not: the write has to be undone.
          disk.fault = (operation, _count, what) => {
            if (failure === undefined || (operation !== 'setStorage' && !(/^(append|write)File$/.test(operation) && what.includes('/index/')))) return undefined
            return { failure: failure === 'full' ? STORAGE_FULL : SYSTEM_ERROR }
          }
        },
        dispose,
      }
    },
    { runs: 25 },
  )
}

describeAdapter(
  'in the mini program, with files that fail',
  () => {
    const { disk, dispose } = temporaryWxDisk()
    return {
      open: () => createMiniKeyValue(disk),
      fail(failure) {
        disk.fault = () => failure && { failure: failure === 'full' ? FILES_FULL : SYSTEM_ERROR, torn: true }
      },
      dispose,
    }
  },
  { runs: 25 },
)
