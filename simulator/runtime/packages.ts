/**
 * The packages of a program. The main package is there at a start; a subpackage is downloaded when a page's rule says so (`preloadRule`), when one of its
 * pages is opened, or after a component of it was rendered as its placeholder.
 */
import { WxFailure } from '../wx/callbacks'
import { joinPath } from './modules'
import type { AppJson } from './types'

/** The duration of a download with the phone's network, ms. */
const DOWNLOAD_MS = 50

export class Packages {
  private readonly downloaded = new Set<string>([''])
  private readonly underWay = new Map<string, Promise<void>>()

  constructor(
    private readonly app: AppJson,
    private readonly isOnline: () => boolean,
  ) {}

  /** {@link packageOf} in this program. */
  homeOf(path: string): string {
    return packageOf(this.app, path)
  }

  /** Whether the package of `path` is on the phone. */
  has(path: string): boolean {
    return this.downloaded.has(this.homeOf(path))
  }

  /** Resolves once the package of `path` is on the phone. Rejects with a {@link WxFailure} without a network. */
  download(path: string): Promise<void> {
    const root = this.homeOf(path)
    if (this.downloaded.has(root)) return Promise.resolve()
    const download = this.underWay.get(root) ?? this.fetch(root)
    this.underWay.set(root, download)
    return download
  }

  /** Puts the package of `path` on the phone at once, as if an earlier start had downloaded it. */
  install(path: string): void {
    this.downloaded.add(this.homeOf(path))
  }

  /** Downloads what `preloadRule` names for a page, in the background. A download that fails is tried again when it is needed. */
  preload(page: string): void {
    for (const root of this.app.preloadRule?.[page]?.packages ?? []) this.download(`${joinPath('', root)}/`).catch(() => undefined)
  }

  private async fetch(root: string): Promise<void> {
    try {
      await new Promise((resolve) => setTimeout(resolve, DOWNLOAD_MS))
      if (!this.isOnline()) throw new WxFailure('loadSubpackage: fail')
      this.downloaded.add(root)
    } finally {
      this.underWay.delete(root)
    }
  }
}

/** The root of the subpackage that has the page, component or script. '' for the main package. */
export function packageOf({ subPackages = [] }: AppJson, path: string): string {
  return subPackages.map(({ root }) => joinPath('', root)).find((root) => path.startsWith(`${root}/`)) ?? ''
}

/** The paths of all pages, those of the main package first. */
export function pagePaths({ pages, subPackages = [] }: AppJson): string[] {
  return [...pages, ...subPackages.flatMap(({ root, pages: inRoot }) => inRoot.map((page) => joinPath('', `${root}/${page}`)))]
}
