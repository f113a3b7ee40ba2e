import uniPlugin from '@dcloudio/vite-plugin-uni'
import type { Plugin } from 'vite'
import { accessibleMarkup } from './accessibility'

// The plugin is CommonJS: under "type": "module" its default export is wrapped once more.
const uni = (uniPlugin as unknown as { default?: typeof uniPlugin }).default ?? uniPlugin

/** Images that uni-app's styles for H5 load from its maker's server: shadows under a navigation bar. */
const FOREIGN_PICTURE = /url\((['"]?)https?:\/\/cdn\d*\.dc(?:loud\.net\.cn|img\.net)\/[^)]*\)/g

/** The page must not request anything from a third party's server. */
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
 * Makes an H5 build look for its images in its own folder. uni-app takes the base of images from manifest.json only, so with `--base /chat/` they were
 * requested at /chat/chat/.
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

/** One change to uni-app. */
interface Patch {
  readonly what: string
  /** Must be found exactly once. */
  readonly from: RegExp
  readonly to: string
}

const H5_PATCHES: readonly Patch[] = [
  {
    // uni-app reads a backslash and `n` as a line break, and two backslashes as one. Here a user's backslashes are kept, and `white-space` handles line
    // breaks.
    what: '<text> shows what it is given; its attributes `space` and `decode` do nothing',
    from: /(function parseText\((\w+)[^)]*\) \{)\s*return normalizeText\([^}]*\}/g,
    to: '$1 return [$2] }',
  },
  {
    what: 'a press is heard to its end although its first listener took what was pressed off the page',
    from: /while \(!isBuiltInElement\((\w+)\)\) \{/g,
    to: 'while ($1.parentElement && !isBuiltInElement($1)) {',
  },
  { what: 'the page is the main landmark', from: /createVNode\("uni-page-body", null,/g, to: 'createVNode("uni-page-body", { "role": "main" },' },
  { what: 'the bar above it is the banner', from: /("uni-page-head-type": type)\n(\s*\}, \[)/g, to: '$1, "role": "banner"\n$2' },
  { what: 'its title is a heading', from: /("class": "uni-page-head__title")\n/g, to: '$1, "role": "heading", "aria-level": "1"\n' },
  { what: 'its way back is a button', from: /("class": "uni-page-head-btn"),\n/g, to: '$1, "role": "button", "tabindex": "0",\n' },
  { what: 'the tab bar is navigation', from: /("class": "uni-tabbar-" \+ tabBar2\.position)\n/g, to: '$1, "role": "navigation"\n' },
  {
    what: 'each tab is a link, and says which page is open',
    from: /("class": "uni-tabbar__item",)(\s*"onClick": onSwitchTab\(tabBarItem, index2\))([^]*?)8, \["onClick"\]\)/g,
    to: '$1 "role": "link", "tabindex": "0", "aria-current": tabBar2.selectedIndex === index2 ? "page" : void 0,$2$38, ["onClick", "aria-current"])',
  },
  { what: 'its icon says nothing', from: /(type !== "midButton" && createVNode\("img", \{)/g, to: '$1 "alt": "",' },
  {
    // uni-app lays out a copy of the whole text for each key. A longer text needs more than the composer's 120 px, however wide the window.
    what: 'a text area that grows with its text measures the first 8,000 characters and 64 lines',
    from: /state2\.value\.split\(LINEFEED\)/g,
    to: 'state2.value.slice(0, 8e3).split(LINEFEED, 64)',
  },
  { what: 'a toast is announced', from: /("data-duration": duration)\n/g, to: '$1, "role": "alert"\n' },
]

const MINI_PROGRAM_PATCHES: readonly Patch[] = [
  {
    // uni-app sets each value that an item has lost to null, some 15 bytes for each.
    what: 'an item of a list that has lost most of its values is sent as a whole',
    from: /syncKeys\(current\[index\], item\);/g,
    to: `const now = current[index];
        const lost = toTypeString(now) == OBJECTTYPE && toTypeString(item) == OBJECTTYPE ? Object.keys(item).length - Object.keys(now).length : 0;
        if (lost <= 0 || JSON.stringify(now).length > 15 * lost) syncKeys(now, item);`,
  },
]

const FILES = [
  { name: /[\\/]uni-h5\.es\.js(?:$|\?)/, patches: H5_PATCHES },
  { name: /[\\/]uni-mp-vue[\\/]dist[\\/]vue\.runtime\.esm\.js(?:$|\?)/, patches: MINI_PROGRAM_PATCHES },
]

/** uni-app with our changes. Throws if a version of uni-app lacks one of the changed places, or has it more than once. */
export function patchedUniApp(): Plugin {
  return {
    name: 'rtm:patched-uni-app',
    // Otherwise the development server would bundle the file with all other packages, where plugins cannot change it.
    config: () => ({ optimizeDeps: { exclude: ['@dcloudio/uni-h5'] } }),
    transform(code, id) {
      const file = FILES.find(({ name }) => name.test(id))
      if (!file) return undefined
      let patched = code
      for (const { what, from, to } of file.patches) {
        if (patched.match(from)?.length !== 1) this.error(`This version of uni-app is not the one that scripts/vite/uni-app.ts knows, which sees to it that ${what}.`)
        patched = patched.replace(from, to)
      }
      return { code: patched, map: null }
    },
  }
}

/**
 * uni-app's plugins, without the one for face recognition. That plugin searches for the API's name in every file below the root, finds it in node_modules, in
 * uni-app itself, and makes every development page load a script from a third party's server and then reload.
 */
export function uniApp({ platform }: { platform: string | undefined }): Plugin[] {
  const options = { vueOptions: { template: { compilerOptions: { nodeTransforms: [accessibleMarkup(platform)] } } } }
  return uni(options).filter(({ name }) => name !== 'uni:h5-api')
}
