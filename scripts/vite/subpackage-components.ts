/**
 * Components of a subpackage that are used outside of it.
 *
 * In the mini program WeChat renders a `view` in the place of such a component until its subpackage is downloaded and its code has run. That needs
 * `componentPlaceholder` in the JSON of what uses it, which uni-app writes for pages only: https://github.com/dcloudio/uni-app/issues/2934.
 * On H5 it is a file of its own. That is requested as soon as the code runs that uses it, and the component appears once it is there.
 */
import path from 'node:path'
import { normalizePath, type Plugin, type Rollup } from 'vite'
import { packagesOf } from './pages-json'

/** WeChat's own component that is shown until the real one is there. */
const PLACEHOLDER = 'view'

/** Precedes the file of a component in the id of the module that loads it later on H5. */
const LATER = '\0rtm:later:'

interface ComponentJson {
  readonly usingComponents?: Readonly<Record<string, string>>
  readonly componentPlaceholder?: Readonly<Record<string, string>>
}

/** Makes the components of subpackages usable everywhere, for the platform of the build. */
export function subpackageComponents({ platform }: { readonly platform: string | undefined }): Plugin {
  const root = path.resolve(process.env.UNI_INPUT_DIR ?? '.')
  const pathOf = (id: string) => normalizePath(path.relative(root, id.split('?')[0] ?? id))
  return {
    name: 'rtm:subpackage-components',
    enforce: 'pre',
    resolveId: {
      order: 'pre',
      async handler(source, importer, options) {
        if (platform !== 'h5' || !/\.vue$/.test(source) || !importer || !/\.vue(?:$|\?)/.test(importer) || importer.startsWith('\0')) return undefined
        const resolved = await this.resolve(source, importer, { ...options, skipSelf: true })
        const home = resolved ? packagesOf(root).homeOf(pathOf(resolved.id)) : ''
        if (!resolved || home === '' || packagesOf(root).homeOf(pathOf(importer)) === home) return undefined
        return `${LATER}${resolved.id}.js`
      },
    },
    load(id) {
      return id.startsWith(LATER) ? loadedLater(id.slice(LATER.length, -'.js'.length)) : undefined
    },
    generateBundle: {
      // After uni-app's own, which writes the JSON files.
      order: 'post',
      handler(_options, bundle) {
        if (platform !== 'mp-weixin') return
        const { homeOf } = packagesOf(root)
        for (const file of Object.values(bundle)) {
          if (file.type === 'asset' && file.fileName.endsWith('.json')) file.source = withPlaceholders(file.fileName, textOf(file), homeOf)
        }
      },
    },
  }
}

/** The module that H5 gets in the place of the component in `file`. */
function loadedLater(file: string): string {
  return [
    `import { defineAsyncComponent } from 'vue'`,
    `import { loadPart } from '@/src/chat/util/load-part'`,
    `const part = loadPart(() => import(${JSON.stringify(file)}))`,
    `export default defineAsyncComponent(() => part)`,
  ].join('\n')
}

/** The JSON of a page or component with a placeholder for every component that is in another package than it, and not in the main package. */
export function withPlaceholders(file: string, json: string, homeOf: (file: string) => string): string {
  const config = JSON.parse(json) as ComponentJson
  const foreign = Object.entries(config.usingComponents ?? {}).filter(([, reference]) => {
    const home = homeOf(path.posix.join(reference.startsWith('/') ? '' : path.posix.dirname(file), reference).replace(/^\//, ''))
    return home !== '' && home !== homeOf(file)
  })
  if (foreign.length === 0) return json
  const placeholders = Object.fromEntries(foreign.map(([tag]) => [tag, PLACEHOLDER]))
  return JSON.stringify({ ...config, componentPlaceholder: { ...placeholders, ...config.componentPlaceholder } }, undefined, 2)
}

function textOf({ source }: Rollup.OutputAsset): string {
  return typeof source === 'string' ? source : Buffer.from(source).toString('utf8')
}
