import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { ESLint, Linter, type Rule } from 'eslint'
import ts from 'typescript'
import { parser } from 'typescript-eslint'

const root = path.resolve(fileURLToPath(new URL('../../..', import.meta.url)))

// The project's own configuration, so that the tests check what `npm run lint` does. The files do not exist, so rules that need types are off.
const eslint = new ESLint({
  cwd: root,
  overrideConfig: {
    languageOptions: { parserOptions: { projectService: false } },
    rules: { '@typescript-eslint/no-floating-promises': 'off', '@typescript-eslint/no-unused-vars': 'off' },
  },
})

/** The messages of one of the project's rules for `code` as the text of `file`. */
export async function messagesOf(rule: string, file: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath: file })
  const fatal = result!.messages.filter((message) => message.fatal)
  if (fatal.length > 0) throw new Error(`${file}: ${fatal[0]!.message}`)
  return result!.messages.filter((message) => message.ruleId === rule).map((message) => message.message)
}

/**
 * The messages of one of the project's rules that need types, for `code` as the text of `file`, which may import from src/. Uses a small program of its own:
 * that of the whole project takes a busy machine a minute.
 */
export async function typedMessagesOf(rule: string, file: string, code: string): Promise<string[]> {
  const [plugin = '', short = ''] = rule.split('/')
  const { plugins } = (await eslint.calculateConfigForFile(file)) as { plugins: Record<string, { rules: Record<string, Rule.RuleModule> }> }
  const tested = { rules: { it: plugins[plugin]!.rules[short]! } }
  const name = path.join(root, file)
  const options: ts.CompilerOptions = { strict: true, noEmit: true, types: [], lib: ['lib.es2020.d.ts'], target: ts.ScriptTarget.ES2020, moduleResolution: ts.ModuleResolutionKind.Bundler, module: ts.ModuleKind.ESNext, paths: { '@/*': [`${root}/*`] } }
  const host = ts.createCompilerHost(options)
  const { getSourceFile, fileExists } = host
  host.fileExists = (wanted) => wanted === name || fileExists(wanted)
  host.getSourceFile = (wanted, ...rest) => (wanted === name ? ts.createSourceFile(name, code, ts.ScriptTarget.ES2020, true) : getSourceFile(wanted, ...rest))
  const program = ts.createProgram([name], options, host)
  return new Linter({ cwd: root })
    .verify(code, [{ files: ['**/*.ts'], languageOptions: { parser, parserOptions: { programs: [program] } }, plugins: { tested }, rules: { 'tested/it': 'error' } }], { filename: name })
    .map(({ message }) => message)
}
