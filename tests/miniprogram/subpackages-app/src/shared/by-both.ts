import { byAll } from './by-all'

export const byBoth = (page: string) => byAll(`${page}, needed by both subpackages`)
