import type { Page } from './records'

/** The pages used last, `capacity` at most, by their keys. */
export class PageCache {
  private readonly pages = new Map<string, Page>()

  constructor(private readonly capacity: number) {}

  get(key: string): Page | undefined {
    const page = this.pages.get(key)
    if (page) this.set(key, page)
    return page
  }

  set(key: string, page: Page): void {
    this.pages.delete(key)
    this.pages.set(key, page)
    if (this.pages.size <= this.capacity) return
    // a Map keeps the order of insertion, so the first key is the one not used for longest
    for (const oldest of this.pages.keys()) {
      this.pages.delete(oldest)
      return
    }
  }

  delete(key: string): void {
    this.pages.delete(key)
  }

  deleteFolder(folder: string): void {
    for (const key of this.pages.keys()) if (key.startsWith(folder)) this.pages.delete(key)
  }
}
