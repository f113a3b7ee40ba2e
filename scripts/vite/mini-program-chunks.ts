// uni-app writes one file per module. A phone would run some hundred of them one by one before its first screen, and each names all its imports in full. This
// plugin makes a few files, by when they are needed, and runs the code of each on its first use. A module of a subpackage that the main package imports by
// `import()` comes with the subpackage: WeChat downloads it for `require.async`, base library 2.11.2.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { normalizePath, type Plugin, type Rollup } from 'vite'
import { chunkOf, needsOf, STAGES, WAITS, type Import, type Need, type Root, type Stage } from './chunk-rule'
import { loadWhenUsed } from './load-when-used'
import { packagesOf } from './pages-json'

type ManualChunks = (id: string, meta: unknown) => string | undefined

/** The report that {@link miniProgramChunks} writes for a test: paths from the app's folder, with `/`. */
export interface ChunkReport {
  /** The intended file of each module of src/, by module. */
  readonly claims: Readonly<Record<string, string>>
  /** The modules that each file holds, by file. */
  readonly files: Readonly<Record<string, readonly string[]>>
}

/** Each may use earlier files as it is loaded, but later files only inside its functions. */
const ORDER: readonly string[] = STAGES.map((stage) => `common/${stage}`)

/** uni-app's module for a page or a component, which imports the .vue file. */
const PAGE = /^uniPage:/
const COMPONENT = /^uniComponent:/

/**
 * Puts the modules of src/ for mp-weixin into the files of {@link chunkOf}, and loads each as {@link loadWhenUsed} says.
 * @param report where to write a {@link ChunkReport}
 */
export function miniProgramChunks({ platform, report }: { readonly platform: string | undefined; readonly report?: string | undefined }): Plugin {
  const isWanted = platform === 'mp-weixin'
  const root = path.resolve(process.env.UNI_INPUT_DIR ?? '.')
  const pathOf = (id: string) => normalizePath(path.relative(root, id.split('?')[0] ?? id))
  const claims = new Map<string, string>()
  let nameOf: ManualChunks = () => undefined
  let needs: ReadonlyMap<string, Need> = new Map()
  const claim: ManualChunks = (id, meta) => {
    const name = nameOf(id, meta)
    const need = needs.get(id)
    return name === undefined || !need ? name : chunkOf(name, need)
  }
  return {
    name: 'rtm:mini-program-chunks',
    apply: 'build',
    configResolved({ build }) {
      const { output } = build.rollupOptions
      if (!isWanted || !output || Array.isArray(output)) return
      nameOf = output.manualChunks as ManualChunks
      output.manualChunks = claim
      // Without this, Rollup shortens the names that files share for ES modules only.
      output.minifyInternalExports = build.minify !== false
    },
    // The files of ORDER import each other. `renderChunk` ensures that each loads a later one only when a function uses it.
    onLog(_level, { code, ids }) {
      return !(code === 'CIRCULAR_CHUNK' && ids?.every((name) => ORDER.includes(name)))
    },
    renderStart() {
      if (!isWanted) return
      const { firstPage, homeOf } = packagesOf(root)
      const roots = rootsOf(this, (file) => [homeOf(pathOf(file)), pathOf(file) === firstPage ? 'paint' : 'later'])
      const rootIds = new Set(roots.map(({ id }) => id))
      needs = needsOf(roots, (id) => importsOf(this, id, pathOf).filter(([imported]) => !rootIds.has(imported)))
      // uni-app writes a component to the folder of its source.
      for (const [id, { home }] of needs) {
        const file = pathOf(id)
        if (!id.endsWith('.vue') || file.startsWith('..') || homeOf(file) === home) continue
        this.error(home ? `Only ${home} uses ${file}: move it there.` : `Not only ${homeOf(file)} uses ${file}: move it to the main package.`)
      }
      claims.clear()
      for (const id of needs.keys()) {
        const file = claim(id, this)
        if (file !== undefined && pathOf(id).startsWith('src/')) claims.set(pathOf(id), `${file}.js`)
      }
    },
    renderDynamicImport({ targetModuleId, moduleId }) {
      if (!isWanted || targetModuleId === null) return null
      const { homeOf } = packagesOf(root)
      const home = homeOf(pathOf(targetModuleId))
      return home === '' || home === homeOf(pathOf(moduleId)) ? null : { left: 'require.async(', right: ')' }
    },
    renderChunk(code, { name, moduleIds }) {
      if (!isWanted) return undefined
      const changed = loadWhenUsed(code)
      // They import each other. One that ran while another had only begun would find it half loaded. Imports that are loaded at once stay as Rollup wrote
      // them, in single quotes.
      const isEarly = (other: string) => ORDER.includes(name) && ORDER.indexOf(other) > ORDER.indexOf(name) && changed.includes(`= require('./${other.slice('common/'.length)}.js')`)
      const usedTooEarly = ORDER.find(isEarly)
      if (usedTooEarly) this.error(`One of the ${moduleIds.length} modules of ${name} uses one of ${usedTooEarly} as it is loaded, outside of any function (scripts/vite/chunk-rule.ts).`)
      return { code: changed, map: null }
    },
    generateBundle(_options, bundle) {
      if (!isWanted || !report) return
      const files = Object.values(bundle).flatMap((file) => (file.type === 'chunk' ? [[file.fileName, file.moduleIds.map(pathOf)] as const] : []))
      const written: ChunkReport = { claims: Object.fromEntries(claims), files: Object.fromEntries(files) }
      writeFileSync(report, JSON.stringify(written, undefined, 1))
    },
  }
}

/**
 * The app's entry, its pages, the components of subpackages, and their modules that others import by `import()`: no file of another package loads those, as
 * WeChat does so itself. `placeOf` knows the package of a file.
 */
function rootsOf(modules: Rollup.PluginContext, placeOf: (file: string) => [home: string, stage: Stage]): Root[] {
  return [...modules.getModuleIds()].flatMap((id): Root[] => {
    const info = modules.getModuleInfo(id)
    if (info?.isEntry) return [{ id, home: '', stage: 'paint' }]
    if (info && info.dynamicImporters.length > 0 && !COMPONENT.test(id) && !PAGE.test(id)) {
      const [home, stage] = placeOf(id)
      return home === '' ? [] : [{ id, home, stage }]
    }
    const file = info?.importedIds.find((imported) => imported.endsWith('.vue'))
    if (file === undefined || !(PAGE.test(id) || COMPONENT.test(id))) return []
    const [home, stage] = placeOf(file)
    return PAGE.test(id) || home !== '' ? [{ id, home, stage }] : []
  })
}

/** The imports of a module. */
function importsOf(modules: Rollup.PluginContext, id: string, pathOf: (id: string) => string): Import[] {
  const { importedIds = [], dynamicallyImportedIds = [] } = modules.getModuleInfo(id) ?? {}
  const now = importedIds.map((imported): Import => [imported, WAITS[pathOf(imported)] ?? 'paint'])
  // No component is rendered with the first screen.
  return [...now, ...dynamicallyImportedIds.map((imported): Import => [imported, COMPONENT.test(imported) ? 'first' : 'later'])]
}
