// Finds code that only tests use: exports that no other product file imports and that their own file does not use either.
import path from 'node:path'
import ts from 'typescript'

interface Module {
  readonly exports: Set<string>
  /** The names used in it, without those that only declare or export something. */
  readonly uses: Set<string>
  /** Its imports from other modules: `*` for all exports of one. */
  readonly imports: { readonly from: string; readonly name: string }[]
}

/**
 * The unused exports of `files`, as `path: name`, sorted. Members of classes are not checked.
 * @param files sources by path from the root, with `/`; of a .vue file its scripts are read
 */
export function unusedExports(files: Readonly<Record<string, string>>): string[] {
  const modules = new Map(Object.entries(files).map(([file, text]) => [file, read(file, text)]))
  const used = new Set<string>()
  for (const [file, { imports }] of modules) {
    for (const { from, name } of imports) {
      const target = resolve(file, from, modules)
      if (target !== undefined) used.add(`${target}: ${name}`)
    }
  }
  const unused = [...modules].flatMap(([file, { exports, uses }]) => [...exports].filter((name) => !uses.has(name) && !used.has(`${file}: ${name}`) && !used.has(`${file}: *`)).map((name) => `${file}: ${name}`))
  return unused.sort()
}

function resolve(file: string, from: string, modules: ReadonlyMap<string, Module>): string | undefined {
  if (!/^(?:@\/|\.)/.test(from)) return undefined
  const target = from.startsWith('@/') ? from.slice(2) : path.posix.join(path.posix.dirname(file), from)
  return [target, `${target}.ts`, `${target}/index.ts`].find((each) => modules.has(each))
}

function read(file: string, text: string): Module {
  const script = file.endsWith('.vue') ? [...text.matchAll(/<script\b[^>]*>([\s\S]*?)<\/script>/g)].map(([, inside]) => inside).join('\n') : text
  const module: Module = { exports: new Set(), uses: new Set(), imports: [] }
  const take = (specifier: ts.Expression | undefined, names: readonly string[]) => {
    if (specifier && ts.isStringLiteral(specifier)) for (const name of names) module.imports.push({ from: specifier.text, name })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) return take(node.moduleSpecifier, importedNames(node.importClause))
    if (ts.isExportDeclaration(node)) {
      const clause = node.exportClause
      const specifiers = clause && ts.isNamedExports(clause) ? [...clause.elements] : []
      for (const { name } of specifiers) module.exports.add(name.text)
      // A re-exported name is used if its re-export is.
      return take(node.moduleSpecifier, specifiers.length > 0 ? specifiers.map(({ propertyName, name }) => (propertyName ?? name).text) : ['*'])
    }
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) take(node.arguments[0], ['*'])
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) take(node.argument.literal as ts.Expression, ['*'])
    if (ts.isIdentifier(node) && (node.parent as { name?: ts.Node }).name !== node) module.uses.add(node.text)
    if (ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) for (const name of declaredNames(node)) module.exports.add(name)
    ts.forEachChild(node, visit)
  }
  ts.forEachChild(ts.createSourceFile(file, script, ts.ScriptTarget.Latest, true), visit)
  return module
}

function importedNames(clause: ts.ImportClause | undefined): string[] {
  const bindings = clause?.namedBindings
  if (bindings && ts.isNamespaceImport(bindings)) return ['*']
  return [...(clause?.name ? ['default'] : []), ...(bindings?.elements ?? []).map(({ propertyName, name }) => (propertyName ?? name).text)]
}

function declaredNames(node: ts.Node): string[] {
  if (ts.isVariableStatement(node)) return node.declarationList.declarations.flatMap(({ name }) => (ts.isIdentifier(name) ? [name.text] : []))
  const { name } = node as { name?: ts.Node }
  return name && ts.isIdentifier(name) ? [name.text] : []
}
