/**
 * Inserts the kinds of messages into the program: the view of each kind into src/kinds/views.ts, its bubble into the markup of a row.
 *
 * uni-app does not compile `<component :is>` for WeChat, and one component per row would add about 22 bytes per row to each update. So this plugin
 * replaces `<kind-bubbles>` in MessageChunk.vue by the markup of every `Bubble.vue`, and adds their styles.
 */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { normalizePath, type Plugin } from 'vite'
import { compileScript, parse, type SFCDescriptor } from 'vue/compiler-sfc'

/** The modules that import the kinds: ours, then those of a team (docs/EXTENDING.md). */
const REGISTRIES = ['src/kinds/registry.ts', 'src/kinds/own.ts'] as const
const VIEWS = 'src/kinds/views.ts'
const CHUNK = 'src/ui/thread/MessageChunk.vue'
const SLOT = /<kind-bubbles\b[^>]*\/>/

/** The names that MessageChunk.vue provides to the markup of a bubble. */
const NAMES = ['row', 'tap', 't']

export interface KindFolder {
  /** The name of the kind, which is that of its folder. */
  readonly name: string
  /** Absolute, with `/`. */
  readonly folder: string
}

/**
 * Returns the folders of the kinds, in order. `read` returns the text of a file of src/kinds; `root` is the folder of the program.
 * @throws Error if a kind is imported in another form, or two folders have the same name
 */
export function kindFolders(read: (file: string) => string, root: string): KindFolder[] {
  const kinds = REGISTRIES.flatMap((file) => foldersIn(file, read(file), root))
  const twice = kinds.find(({ name }, index) => kinds.findIndex((other) => other.name === name) !== index)
  if (twice) throw new Error(`Two kinds are called ${twice.name}: rename the folder ${twice.folder}, and the name in its spec.ts`)
  return kinds
}

function foldersIn(file: string, registry: string, root: string): KindFolder[] {
  const found = [...registry.matchAll(/^import \{ \w+ \} from '([^']+)\/spec'$/gm)].map(([, from = '']) => {
    const folder = from.startsWith('@/') ? path.join(root, from.slice(2)) : path.join(root, path.dirname(file), from)
    return { name: path.basename(folder), folder: normalizePath(folder) }
  })
  // A kind that is left out would have no row.
  if (found.length !== registry.split(/\/spec['"]/).length - 1) throw new Error(`${file}: write each kind as import { name } from './folder/spec'`)
  return found
}

/** Returns the module that replaces views.ts. */
export function viewsModule(kinds: readonly KindFolder[]): string {
  const imports = kinds.map(({ folder }, index) => `import { view as view${index} } from '${folder}/view'\n`)
  return `${imports.join('')}export const VIEWS = { ${kinds.map(({ name }, index) => `'${name}': view${index}`).join(', ')} }\n`
}

/** The parts of a kind's `Bubble.vue`. */
export interface Bubble {
  readonly name: string
  readonly markup: string
  readonly styles: string
}

/**
 * Reads a `Bubble.vue`.
 * @throws Error if it cannot be parsed, or if its markup uses other names than {@link NAMES}: it becomes part of MessageChunk.vue
 */
export function readBubble(name: string, source: string, file: string): Bubble {
  const { descriptor, errors } = parse(source, { filename: file })
  const [error] = errors
  if (error) throw new Error(`${file}: ${error.message}`)
  const foreign = namesOf(descriptor).filter((known) => !NAMES.includes(known))
  if (foreign.length > 0) throw new Error(`${file} uses ${foreign.join(', ')}. A bubble has ${NAMES.join(', ')}: put the rest into the values of its row (view.ts).`)
  return { name, markup: descriptor.template?.content ?? '', styles: descriptor.styles.map(({ content }) => content).join('\n') }
}

/** Returns the names that the script of a component provides to its markup, without types. */
function namesOf(descriptor: SFCDescriptor): string[] {
  if (!descriptor.scriptSetup) return []
  const { bindings = {}, imports = {} } = compileScript(descriptor, { id: 'bubble' })
  return Object.keys(bindings).filter((known) => imports[known]?.isType !== true)
}

/**
 * Returns MessageChunk.vue with the bubbles of all kinds. The bubble of the first kind is the `v-else`, so that most rows send only an empty
 * `row.kind` to the screen.
 * @throws Error if there is no kind, or not exactly one `<kind-bubbles />`
 */
export function withBubbles(chunk: string, [most, ...others]: readonly Bubble[]): string {
  if (!most || chunk.split(SLOT).length !== 2) throw new Error(`${CHUNK} needs <kind-bubbles /> once, and one kind at least to put there`)
  // Undefined is not sent: a row would send `false` for each of the other kinds.
  const rest = others.map(({ name, markup }, index) => `<template v-${index === 0 ? 'if' : 'else-if'}="row.kind === '${name}' || undefined">${markup}</template>`)
  // A list of one: uni-app names the values of a list by themselves, a, b, c. Those of a row would get longer names with each kind, and each row more bytes.
  const listed = `<template v-for="row in [row]" :key="row.key">${rest.join('')}</template>`
  const all = rest.length === 0 ? most.markup : `<template v-if="row.kind">${listed}</template><template v-else>${most.markup}</template>`
  const end = chunk.lastIndexOf('</style>')
  const styled = `${chunk.slice(0, end)}${[most, ...others].map(({ styles }) => styles).join('\n')}${chunk.slice(end)}`
  return styled.replace(SLOT, () => all)
}

/** The modules are known by the ends of their paths: a folder with a name that the builders would misread is built through a link. */
export function kindViews(): Plugin {
  return {
    name: 'rtm:kind-views',
    enforce: 'pre',
    load(id) {
      const file = [VIEWS, CHUNK].find((each) => id.endsWith(`/${each}`))
      if (file === undefined) return undefined
      const root = id.slice(0, -file.length)
      const read = (registry: string) => {
        this.addWatchFile(`${root}${registry}`)
        return readFileSync(`${root}${registry}`, 'utf8')
      }
      const kinds = kindFolders(read, root)
      if (file === VIEWS) return viewsModule(kinds)
      const bubbles = kinds.flatMap(({ name, folder }) => {
        const bubble = `${folder}/Bubble.vue`
        if (!existsSync(bubble)) return []
        this.addWatchFile(bubble)
        return readBubble(name, readFileSync(bubble, 'utf8'), bubble)
      })
      return withBubbles(readFileSync(id, 'utf8'), bubbles)
    },
  }
}
