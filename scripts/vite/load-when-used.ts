// Makes a file of the compiled mini program load another one when a function first uses it, instead of at its own start.
import { parseAst } from 'vite'

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
  /** It is used while the file itself runs, or in a way other than `name.property`. */
  isNeededAtOnce: boolean
}

/** Loaded by every file at its start, so waiting gains nothing. */
const ALWAYS = /(?:^|\/)common\/(?:vendor|assets)\.js$|^\.\/(?:vendor|assets)\.js$/

/** A CommonJS file from Rollup, changed so that it loads an import when one of its functions first uses it. */
export function loadWhenUsed(code: string): string {
  const program = parseAst(code) as unknown as Node
  const imports = importsOf(program)
  findUses(program, imports)
  const edits: { readonly from: number; readonly to: number; readonly text: string }[] = []
  for (const [name, { statement, path, uses, isNeededAtOnce }] of imports) {
    if (isNeededAtOnce || ALWAYS.test(path)) continue
    const loaded = `${name}$loaded`
    edits.push({ from: statement.start, to: statement.end, text: `let ${loaded};\nconst ${name} = () => ${loaded} || (${loaded} = require(${JSON.stringify(path)}));` })
    // In brackets, since `new name().Class()` would construct `name`.
    for (const { start, end } of uses) edits.push({ from: start, to: end, text: `(${name}())` })
  }
  // From the end, so that earlier offsets stay valid.
  return edits.sort((a, b) => b.from - a.from).reduce((text, { from, to, text: put }) => text.slice(0, from) + put + text.slice(to), code)
}

/** The `const name = require('path')` statements of the file, by name. */
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

/** Rollup gives an import a name that is unique in the file, so every such name is the import. */
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

/** Whether an identifier at `key` of `parent` reads a variable, rather than naming a property or a declaration. */
function isReference(parent: Node | undefined, key: string): boolean {
  if (parent?.type === 'MemberExpression' || parent?.type === 'PropertyDefinition') return key !== 'property' && key !== 'key' ? true : parent.computed === true
  if (parent?.type === 'Property' || parent?.type === 'MethodDefinition') return key === 'value' || parent.computed === true
  return !(parent?.type === 'VariableDeclarator' && key === 'id')
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
}
