import { nanoid } from 'nanoid/non-secure'
import { byBoth } from './by-both'
import { half } from './half'

export const byMedia = () => byBoth(`photo ${nanoid(half(8)).length}`)
