/** WeChat's limits on the storage of one mini program. */
import type { DiskLimits } from '../runtime/types'

const MIB = 1_048_576
export const WECHAT_LIMITS: DiskLimits = { storageKey: MIB, storage: 10 * MIB, files: 200 * MIB }
