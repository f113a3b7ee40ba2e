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
 * uni-app's plugins, without the one for face recognition. That looks for the API's name in every file below the root, finds it in
 * node_modules, where uni-app itself stands, and makes every development page load a script from a third party's server and then reload.
 */
export function uniApp(): Plugin[] {
  return uni().filter(({ name }) => name !== 'uni:h5-api')
}
