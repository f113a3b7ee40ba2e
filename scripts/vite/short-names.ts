// Shorter names in the styles of a mini program: the scope classes of components, and the custom properties of the app's own style sheet. Each selector and
// each element has one, which is some 10 KB of the package.
import type { Plugin, Rollup } from 'vite'

/** The class that keeps the styles of a component to itself, as the compiler of Vue names it. */
const SCOPE = /data-v-[0-9a-f]{8}/g
const PROPERTY = /--[a-z][a-z0-9-]*/g
const DECLARED = /(--[a-z][a-z0-9-]*)\s*:/g
/** Where the app declares its custom properties. uni-app declares some of its own in the same file. */
const APP_STYLES = 'app.wxss'
const UNI_APP = /^--(?:window|top-window|status-bar|tab-bar)-/

export function shortNames({ platform }: { readonly platform: string | undefined }): Plugin {
  // A rebuild of a watch has only the files that changed: names stay.
  const scopes = new Map<string, string>()
  const properties = new Map<string, string>()
  return {
    name: 'rtm:short-names',
    enforce: 'post',
    generateBundle: {
      // After uni-app has made the files of the mini program.
      order: 'post',
      handler(_options, bundle) {
        if (platform !== 'mp-weixin') return
        const files = Object.values(bundle).flatMap((file) => {
          const text = textOf(file)
          return text === undefined ? [] : [{ file, text }]
        })
        addNames(scopes, files.flatMap(({ text }) => text.match(SCOPE) ?? []), 'v')
        const declared = files.filter(({ file }) => file.fileName === APP_STYLES).flatMap(({ text }) => [...text.matchAll(DECLARED)].map(([, name = '']) => name))
        addNames(properties, declared.filter((name) => !UNI_APP.test(name)), '--')
        for (const { file, text } of files) {
          const short = text.replace(SCOPE, (long) => scopes.get(long) ?? long).replace(PROPERTY, (long) => properties.get(long) ?? long)
          if (file.type === 'asset') file.source = short
          else file.code = short
        }
      },
    },
  }
}

/** Gives each new name, in the order of the alphabet, a number in base 36 behind `prefix`. */
function addNames(names: Map<string, string>, found: readonly string[], prefix: string): void {
  for (const name of [...new Set(found)].sort()) if (!names.has(name)) names.set(name, prefix + names.size.toString(36))
}

function textOf(file: Rollup.OutputAsset | Rollup.OutputChunk): string | undefined {
  if (file.type === 'chunk') return file.code
  if (!/\.(wxss|wxml)$/.test(file.fileName)) return undefined
  return typeof file.source === 'string' ? file.source : Buffer.from(file.source).toString('utf8')
}
