import uniPlugin from '@dcloudio/vite-plugin-uni'
import type { Plugin } from 'vite'

// The plugin is CommonJS: under "type": "module" its default export is wrapped once more.
const uni = (uniPlugin as unknown as { default?: typeof uniPlugin }).default ?? uniPlugin

/**
 * uni-app's plugins, without the one for face recognition. That looks for the API's name in every file below the root, finds it in
 * node_modules, where uni-app itself stands, and makes every development page load a script from a third party's server and then reload.
 */
export function uniApp(): Plugin[] {
  return uni().filter(({ name }) => name !== 'uni:h5-api')
}
