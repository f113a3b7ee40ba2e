// uni-app makes a file of every module. A phone that starts the mini program runs some hundred of them one by one before its
// first screen, and each names what it takes from the others in full. Here they are few, by when they are needed, and the code
// of one is run when something in it is first used.
import { parseAst, type Plugin } from 'vite'

type ManualChunks = (id: string, meta: unknown) => string | undefined

const PAINT_CHUNK = 'common/paint'
const FIRST_CHUNK = 'common/first'
const LATER_CHUNK = 'common/later'
/** Each may use what comes before it as it is loaded, and what comes after it in its functions alone. */
const ORDER: readonly string[] = [PAINT_CHUNK, FIRST_CHUNK, LATER_CHUNK]

/** What paints the first screen, before there is a store of the chat. */
const PAINT: readonly RegExp[] = [
  /^composables\/use(AppStart|ConversationHead|FirstScreen|PageTheme|PageVisible|SearchField|SignedIn|TabPage)$/,
  /^composables\/events$/,
  /^stores\/start$/,
  /^platform\/(device|hex|launch|pages|theme)$/,
  /^rtm\/(backend|local\/frames)$/,
  /^chat\/(clock|conversation|first-screen|json-text)$/,
]

/** What the conversation list does without, of src/: other pages, and what comes in and goes out once somebody is logged in. */
const LATER: readonly RegExp[] = [
  // the adapter is needed once the list stands
  /^rtm\//,
  /^composables\/use(Channel|ChannelInfo|ChannelNotice|Chunk|Composer|DrawnThread|ListEnd|Login|Me|MessageList|NewChat|Peer|Rulers|ScrollRest|StorageUse|Thread|ThreadHeader|ThreadJumps|ThreadLayout|WindowGrowth)$/,
  /^composables\/(channel-text|failure-text|login-sentence|notice-text|number-text|page-conversation)$/,
  /^storage\/amendments$/,
  /^stores\/chat\/(arrivals|channels|login-problem|outbox|receipts|send-pace|thread)$/,
  /^chat\/(backoff|duplicates|envelope|login|notice|outbox|received-at|rows|scroll-anchor|spacers|storage-size|timeline|token)$/,
]

/** The file of a module that uni-app would give the file `name`. */
export function chunkOf(name: string): string {
  if (!name.startsWith('src/')) return name
  const module = name.slice('src/'.length)
  if (/^locales\/(zh|en)$/.test(module)) return name
  const isOf = (list: readonly RegExp[]) => list.some((pattern) => pattern.test(module))
  return isOf(PAINT) ? PAINT_CHUNK : isOf(LATER) ? LATER_CHUNK : FIRST_CHUNK
}

/** Puts the modules of src/ for mp-weixin into the files of {@link chunkOf}, and has each loaded as {@link loadWhenUsed} says. */
export function miniProgramChunks({ platform }: { readonly platform: string | undefined }): Plugin {
  const isWanted = platform === 'mp-weixin'
  return {
    name: 'rtm:mini-program-chunks',
    apply: 'build',
    configResolved({ build }) {
      const { output } = build.rollupOptions
      if (!isWanted || !output || Array.isArray(output)) return
      const ofUni = output.manualChunks as ManualChunks
      output.manualChunks = (id: string, meta: unknown) => {
        const name = ofUni(id, meta)
        return name === undefined ? undefined : chunkOf(name)
      }
    },
    renderChunk(code, { name, moduleIds }) {
      if (!isWanted) return undefined
      const changed = loadWhenUsed(code)
      // They need each other. One that ran while another had only begun would find half of it. What is loaded at once stands as
      // Rollup wrote it, in single quotes.
      const isEarly = (other: string) => ORDER.includes(name) && ORDER.indexOf(other) > ORDER.indexOf(name) && changed.includes(`= require('./${other.slice('common/'.length)}.js')`)
      const usedTooEarly = ORDER.find(isEarly)
      if (usedTooEarly) this.error(`One of the ${moduleIds.length} modules of ${name} uses one of ${usedTooEarly} as it is loaded, outside of any function (scripts/vite/mini-program-chunks.ts).`)
      return { code: changed, map: null }
    },
  }
}

interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [key: string]: unknown
}

interface Import {
  readonly statement: Node
  readonly path: string
  readonly uses: Node[]
  /** It is used as the file itself runs, or in a way that is not `name.property`. */
  isNeededAtOnce: boolean
}

/** Loaded by every file as it runs; nothing is gained by waiting. */
const ALWAYS = /(?:^|\/)common\/(?:vendor|assets)\.js$|^\.\/(?:vendor|assets)\.js$/

/** A CommonJS file of Rollup's, with what it imports loaded when one of its functions first uses it. */
export function loadWhenUsed(code: string): string {
  const program = parseAst(code) as unknown as Node
  const imports = importsOf(program)
  findUses(program, imports)
  const edits: { readonly from: number; readonly to: number; readonly text: string }[] = []
  for (const [name, { statement, path, uses, isNeededAtOnce }] of imports) {
    if (isNeededAtOnce || ALWAYS.test(path)) continue
    const loaded = `${name}$loaded`
    edits.push({ from: statement.start, to: statement.end, text: `let ${loaded};\nconst ${name} = () => ${loaded} || (${loaded} = require(${JSON.stringify(path)}));` })
    // In brackets, since `new name().Class()` would make one of `name`.
    for (const { start, end } of uses) edits.push({ from: start, to: end, text: `(${name}())` })
  }
  // From the end, so that what stands before keeps its place.
  return edits.sort((a, b) => b.from - a.from).reduce((text, { from, to, text: put }) => text.slice(0, from) + put + text.slice(to), code)
}

/** `const name = require('path')` in the file itself, by name. */
function importsOf(program: Node): Map<string, Import> {
  const imports = new Map<string, Import>()
  for (const statement of program.body as Node[]) {
    const [declaration, another] = statement.type === 'VariableDeclaration' ? (statement.declarations as Node[]) : []
    const id = declaration?.id as Node | undefined
    const call = declaration?.init as Node | null | undefined
    if (another || id?.type !== 'Identifier' || call?.type !== 'CallExpression' || (call.callee as Node).name !== 'require') continue
    const path = (call.arguments as Node[])[0]?.value
    if (typeof path === 'string') imports.set(String(id.name), { statement, path, uses: [], isNeededAtOnce: false })
  }
  return imports
}

/** Rollup gives an import a name that nothing else in the file has, so that every such name is the import. */
function findUses(program: Node, imports: ReadonlyMap<string, Import>): void {
  const visit = (node: Node, isInFunction: boolean, parent: Node | undefined, key: string): void => {
    if (node.type === 'Identifier') {
      const used = imports.get(String(node.name))
      if (!used || !isReference(parent, key)) return
      used.uses.push(node)
      if (!isInFunction || parent?.type !== 'MemberExpression') used.isNeededAtOnce = true
      return
    }
    const isInside = isInFunction || /Function/.test(node.type)
    for (const [name, value] of Object.entries(node)) {
      for (const child of Array.isArray(value) ? (value as unknown[]) : [value]) if (isNode(child)) visit(child, isInside, node, name)
    }
  }
  visit(program, false, undefined, '')
}

/** Whether an identifier that stands at `key` of `parent` names a variable, and not a property or what is declared. */
function isReference(parent: Node | undefined, key: string): boolean {
  if (parent?.type === 'MemberExpression' || parent?.type === 'PropertyDefinition') return key !== 'property' && key !== 'key' ? true : parent.computed === true
  if (parent?.type === 'Property' || parent?.type === 'MethodDefinition') return key === 'value' || parent.computed === true
  return !(parent?.type === 'VariableDeclarator' && key === 'id')
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
}
