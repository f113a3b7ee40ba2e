// The import rule of docs/ARCHITECTURE.md: which room may import from which, in one direction only, type imports included.
import path from 'node:path'

/** For every room the rooms it may import from, besides itself. */
const ALLOWED = new Map([
  ['app', ['stores', 'composables', 'platform', 'locales', 'styles']],
  ['pages', ['components', 'composables', 'kinds', 'chat', 'locales', 'platform']],
  ['components', ['composables', 'kinds', 'chat', 'locales', 'platform']],
  ['composables', ['stores', 'kinds', 'chat', 'locales', 'platform']],
  ['stores', ['rtm', 'storage', 'media', 'platform', 'kinds', 'chat', 'locales']],
  ['rtm', ['platform', 'chat']],
  ['storage', ['platform', 'kinds', 'chat']],
  ['media', ['platform', 'kinds', 'chat']],
  ['platform', []],
  ['chat', ['kinds']],
  ['kinds', []],
  ['locales', []],
  ['styles', []],
  ['gateway', []],
])

/** Rooms whose types another room may import, but no code. */
const TYPES_ONLY = new Map([
  ['platform', ['chat']],
  ['media', ['rtm']],
  ['kinds', ['chat', 'locales']],
])

/** Files, without extension, and folders, with `/`, that a room may import from a room that is closed to it. */
const SHARED_FILES = new Map([
  ['platform', ['src/chat/time/clock', 'src/chat/util/web-address']],
  ['kinds', ['src/chat/media/', 'src/chat/text/', 'src/chat/util/', 'src/chat/rtm-limits']],
  ['gateway', ['src/chat/time/clock', 'src/chat/rtm-limits', 'src/rtm/local/frames']],
])

/** Packages and virtual modules that only some rooms may import, behind their ports. */
const OWNED_PACKAGES = new Map([
  ['agora-rtm-sdk', ['rtm']],
  ['virtual:rtm-miniapp-sdk', ['rtm']],
  ['idb', ['storage', 'media']],
  ['tus-js-client', ['media']],
  ['tus-js-client/lib.esm/upload.js', ['media']],
])

/** Folders of the repository that no product code imports from. */
const TOOLING = new Set(['simulator', 'tests', 'scripts', 'bench'])

/**
 * The room of a file, by its path relative to the root of the repository; undefined for a file in none, such as static/.
 * A feature's components and composables are side by side in src/ui: they are two rooms, by extension.
 */
function roomOf(file) {
  // The subpackage has the same rooms as src/.
  if (file.startsWith('src/more/')) return roomOf(file.replace('more/', ''))
  const [top, second] = file.split('/')
  if (file === 'App.vue' || file === 'main.ts' || file === 'main') return 'app'
  if (top === 'gateway') return 'gateway'
  if (TOOLING.has(top) || /\.test(\.ts)?$/.test(file)) return 'tooling'
  if (top === 'src' && second === 'ui') return file.endsWith('.vue') ? 'components' : 'composables'
  // A kind of message has its rules and what draws them in one folder.
  if (top === 'src' && second === 'kinds' && file.endsWith('.vue')) return 'components'
  if (top === 'src' && second === 'kinds' && /\/views?(\.ts)?$/.test(file)) return 'composables'
  return top === 'src' && ALLOWED.has(second) ? second : undefined
}

/** The file that `specifier` means in `importer`, relative to the root. Undefined for packages. */
function resolve(specifier, importer) {
  const name = specifier.replace(/\?.*$/, '')
  if (name.startsWith('@/')) return path.posix.normalize(name.slice(2))
  if (name.startsWith('.')) return path.posix.join(path.posix.dirname(importer), name)
  return undefined
}

/** Why `importer` may not import `specifier`, or undefined if it may. */
function violation(importer, specifier, isType) {
  const from = roomOf(importer)
  if (from === undefined || from === 'tooling') return undefined

  const owners = OWNED_PACKAGES.get(specifier)
  if (owners !== undefined && !owners.includes(from)) return { messageId: 'owned', data: { specifier, owner: owners.join(' and ') } }

  const target = resolve(specifier, importer)
  const to = target === undefined ? undefined : roomOf(target)
  if (to === undefined || to === from) return undefined

  const allowed = ALLOWED.get(from) ?? []
  if (allowed.includes(to)) return undefined
  const shared = SHARED_FILES.get(from) ?? []
  const file = target.replace(/\.[jt]s$/, '')
  if (shared.some((open) => (open.endsWith('/') ? file.startsWith(open) : file === open))) return undefined
  if (TYPES_ONLY.get(from)?.includes(to)) return isType ? undefined : { messageId: 'typesOnly', data: { from, to } }

  const may = [...allowed, ...(TYPES_ONLY.get(from) ?? []).map((room) => `the types of ${room}`), ...shared]
  return { messageId: 'closed', data: { from, to, may: may.join(', ') || 'nothing outside itself' } }
}

/** @type {import('eslint').Rule.RuleModule} */
export default {
  meta: {
    type: 'problem',
    docs: { description: 'hold the import direction of docs/ARCHITECTURE.md' },
    schema: [],
    messages: {
      closed: '{{from}} may not import {{to}}. It may import: {{may}}.',
      typesOnly: '{{from}} may import types of {{to}} only: write "import type".',
      owned: '"{{specifier}}" belongs to {{owner}}: go through what {{owner}} offers.',
    },
  },
  create(context) {
    const importer = path.relative(context.cwd, context.filename).split(path.sep).join('/')
    const check = (node, source, isType = false) => {
      const specifier = constantText(source)
      const problem = specifier === undefined ? undefined : violation(importer, specifier, isType)
      if (problem) context.report({ node, ...problem })
    }
    return {
      ImportDeclaration: (node) => check(node, node.source, node.importKind === 'type'),
      ExportAllDeclaration: (node) => check(node, node.source, node.exportKind === 'type'),
      ExportNamedDeclaration: (node) => check(node, node.source, node.exportKind === 'type'),
      ImportExpression: (node) => check(node, node.source),
      TSImportType: (node) => check(node, node.source, true),
      TSExternalModuleReference: (node) => check(node, node.expression),
      "CallExpression[callee.name='require']": (node) => check(node, node.arguments[0]),
    }
  },
}

/** The text of a string or of a template without expressions. Undefined for anything else. */
function constantText(node) {
  if (node?.type === 'Literal' && typeof node.value === 'string') return node.value
  if (node?.type === 'TemplateLiteral' && node.expressions.length === 0) return node.quasis[0].value.cooked
  return undefined
}
