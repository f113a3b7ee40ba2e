import { fileURLToPath } from 'node:url'
import { ESLint } from 'eslint'

// The project's own configuration, so that what is tested is what `npm run lint` does. The files do not exist, so rules that need types are off.
const eslint = new ESLint({
  cwd: fileURLToPath(new URL('../../..', import.meta.url)),
  overrideConfig: {
    languageOptions: { parserOptions: { projectService: false } },
    rules: { '@typescript-eslint/no-floating-promises': 'off', '@typescript-eslint/no-unused-vars': 'off' },
  },
})

/** The messages that one of the project's rules has for `code`, were it the text of `file`. */
export async function messagesOf(rule: string, file: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath: file })
  const fatal = result!.messages.filter((message) => message.fatal)
  if (fatal.length > 0) throw new Error(`${file}: ${fatal[0]!.message}`)
  return result!.messages.filter((message) => message.ruleId === rule).map((message) => message.message)
}
