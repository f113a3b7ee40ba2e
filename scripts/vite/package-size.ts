import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import type { Plugin } from 'vite'
import { describeSize, isWithinBudget, packageSizes, type PackageFile, type PackageSize } from '../package-size'
import { SDK_OUTPUT } from './rtm-miniapp-sdk'

/** The folder of a team's own kinds of messages (docs/EXTENDING.md). */
const OWN_KINDS = 'src/kinds/own'

/** Prints the sizes of the packages after a mini program build, and fails a build over its budget. */
export function packageSize({ platform }: { readonly platform: string | undefined }): Plugin {
  let root = ''
  let outDir = ''
  let measured = false
  return {
    name: 'rtm:package-size',
    apply: 'build',
    enforce: 'post',
    configResolved(config) {
      root = config.root
      outDir = path.resolve(config.root, process.env.UNI_OUTPUT_DIR ?? config.build.outDir)
      // A development build is neither minified nor uploaded.
      measured = platform === 'mp-weixin' && config.isProduction && !config.build.watch
    },
    writeBundle: {
      order: 'post',
      sequential: true,
      handler() {
        if (!measured) return
        const size = measurePackages(outDir)
        console.log(describeSize(size))
        if (!isWithinBudget(size, existsSync(path.join(root, OWN_KINDS)))) this.error(`A package is over its budget. ${describeSize(size)}`)
      },
    },
  }
}

/** The sizes of the packages of the built mini program in `dir`. */
export function measurePackages(dir: string): PackageSize {
  return packageSizes(filesOf(dir), subpackagesOf(dir), SDK_OUTPUT)
}

function filesOf(dir: string): PackageFile[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .map((name) => ({ name, stat: statSync(path.join(dir, name)) }))
    .filter(({ stat }) => stat.isFile())
    .map(({ name, stat }) => ({ path: name.split(path.sep).join('/'), bytes: stat.size }))
}

function subpackagesOf(dir: string): string[] {
  const app = JSON.parse(readFileSync(path.join(dir, 'app.json'), 'utf8')) as Partial<Record<'subPackages' | 'subpackages', { root: string }[]>>
  return (app.subPackages ?? app.subpackages ?? []).map(({ root }) => root)
}
