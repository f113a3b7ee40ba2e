import uniPlugin from '@dcloudio/vite-plugin-uni'
import type { Plugin } from 'vite'

// The plugin is CommonJS: under "type": "module" its default export is wrapped once more.
const uni = (uniPlugin as unknown as { default?: typeof uniPlugin }).default ?? uniPlugin

/** Pictures that uni-app's styles for H5 fetch from its maker's server: shadows under a navigation bar. */
const FOREIGN_PICTURE = /url\((['"]?)https?:\/\/cdn\d*\.dc(?:loud\.net\.cn|img\.net)\/[^)]*\)/g

/** Nothing of a page is asked of a third party's server. */
export function withoutForeignPictures(): Plugin {
  return {
    name: 'rtm:without-foreign-pictures',
    enforce: 'post',
    transform(code, id) {
      const own = /\.css(?:$|\?)/.test(id) ? code.replace(FOREIGN_PICTURE, 'none') : code
      return own === code ? undefined : { code: own, map: null }
    },
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type === 'asset' && file.fileName.endsWith('.css')) file.source = String(file.source).replace(FOREIGN_PICTURE, 'none')
      }
    },
  }
}

/**
 * A build for H5 looks for its pictures where the rest of it lies. uni-app takes the base of pictures from manifest.json alone, so that with
 * `--base /chat/` they were asked for at /chat/chat/.
 */
export function oneBase({ platform }: { readonly platform: string | undefined }): Plugin {
  let base = ''
  return {
    name: 'rtm:one-base',
    enforce: 'pre',
    apply: (_config, { command }) => command === 'build' && platform === 'h5',
    configResolved: (config) => {
      base = config.base
    },
    transform(code, id) {
      if (!/manifest-json-js(?:$|\?)/.test(id)) return undefined
      const manifest = JSON.parse(code) as { h5?: { router?: object } }
      return { code: JSON.stringify({ ...manifest, h5: { ...manifest.h5, router: { ...manifest.h5?.router, base } } }), map: null }
    },
  }
}

/** How the `<text>` of uni-app for H5 reads what it is given: a backslash and `n` as a line break, two backslashes as one. */
const TEXT_READER = /(function parseText\((\w+)[^)]*\) \{)\s*return normalizeText\([^}]*\}/

/**
 * On H5 a `<text>` shows what it is given, as it does in the mini program: a user's backslashes are theirs, and line breaks are for
 * `white-space`. Its attributes `space` and `decode`, which change a text too, do nothing.
 */
export function textAsGiven(): Plugin {
  return {
    name: 'rtm:text-as-given',
    // A development server would prepare the file with all other packages, beyond the reach of plugins.
    config: () => ({ optimizeDeps: { exclude: ['@dcloudio/uni-h5'] } }),
    transform(code, id) {
      if (!/[\\/]uni-h5\.es\.js(?:$|\?)/.test(id)) return undefined
      if (!TEXT_READER.test(code)) this.error('The <text> of this version of uni-app for H5 is not the one that scripts/vite/uni-app.ts knows.')
      return { code: code.replace(TEXT_READER, '$1 return [$2] }'), map: null }
    },
  }
}

/**
 * uni-app's plugins, without the one for face recognition. That looks for the API's name in every file below the root, finds it in
 * node_modules, where uni-app itself stands, and makes every development page load a script from a third party's server and then reload.
 */
export function uniApp(): Plugin[] {
  return uni().filter(({ name }) => name !== 'uni:h5-api')
}
