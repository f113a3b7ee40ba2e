import type { Plugin, Rollup } from 'vite'

/** The class that keeps the styles of a component to itself, as the compiler of Vue names it. */
const SCOPE = /data-v-([0-9a-f]{4})[0-9a-f]{4}/g

/** Gives the scope classes of a mini program shorter names. Each selector and each element has one, which is some 7 KB of the package. */
export function shortScopes({ platform }: { readonly platform: string | undefined }): Plugin {
  return {
    name: 'rtm:short-scopes',
    enforce: 'post',
    generateBundle: {
      // After uni-app has made the files of the mini program.
      order: 'post',
      handler(_options, bundle) {
        if (platform !== 'mp-weixin') return
        const longNames = new Map<string, string>()
        for (const file of Object.values(bundle)) {
          const text = textOf(file)
          if (text === undefined || !SCOPE.test(text)) continue
          const short = text.replace(SCOPE, (long, start: string) => {
            const other = longNames.get(start) ?? long
            if (other !== long) this.error(`the scopes ${long} and ${other} have one short name`)
            longNames.set(start, long)
            return `v${start}`
          })
          if (file.type === 'asset') file.source = short
          else file.code = short
        }
      },
    },
  }
}

function textOf(file: Rollup.OutputAsset | Rollup.OutputChunk): string | undefined {
  if (file.type === 'chunk') return file.code
  if (!/\.(wxss|wxml)$/.test(file.fileName)) return undefined
  return typeof file.source === 'string' ? file.source : Buffer.from(file.source).toString('utf8')
}
