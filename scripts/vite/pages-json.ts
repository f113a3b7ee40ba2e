import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parseMiniProgramPagesJson } from '@dcloudio/uni-cli-shared'

/** The packages of the program, as its pages.json names them. Paths are relative to its folder, with `/`. */
export interface Packages {
  /** The file of the first page. */
  readonly firstPage: string
  /** The root folder of the subpackage that has `file`. '' for the main package. */
  homeOf(file: string): string
}

/** Reads pages.json in the folder `root`. */
export function packagesOf(root: string): Packages {
  const { appJson } = parseMiniProgramPagesJson(readFileSync(path.join(root, 'pages.json'), 'utf8'), 'mp-weixin', { subpackages: true })
  const folders = (appJson.subPackages ?? []).map((subpackage) => subpackage.root.replace(/\/$/, ''))
  return { firstPage: `${appJson.pages[0]}.vue`, homeOf: (file) => folders.find((folder) => file.startsWith(`${folder}/`)) ?? '' }
}
