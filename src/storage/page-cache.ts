import { RecentMap } from '@/src/chat/recent-map'
import type { Page } from './records'

/** The pages used last, by their keys. */
export class PageCache extends RecentMap<string, Page> {
  deleteFolder(folder: string): void {
    for (const key of this.keys()) if (key.startsWith(folder)) this.delete(key)
  }
}
