import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { readActions, withActions } from '../../../scripts/vite/menu-actions'

const MENU = '<template><menu-actions /><quick-reactions /></template>\n<style lang="scss">\n</style>\n'
const FILES: Readonly<Record<string, string>> = {
  './own-actions': "import { print } from './own/print'\nexport const OWN_ACTIONS: readonly MessageAction[] = [print, { name: 'pay', label: { zh: '付款', en: 'Pay' }, icon: 'copy' }]",
  './own/print': "export const print: MessageAction = { name: 'print', label: 'thread.copy', icon: 'copy', isDangerous: true, run: async () => {} }",
  './empty': 'export const OWN_ACTIONS: readonly MessageAction[] = []',
}
const load = (from: string) => FILES[from] ?? ''
const copy = { name: 'copy', label: 'thread.copy', icon: 'copy', isDangerous: false }

describe('the actions of the menu', () => {
  it('are those of the list, and those of a team that it spreads', () => {
    const module = (own: string) => `import { OWN_ACTIONS } from '${own}'\nexport const ACTIONS = [{ name: 'copy', label: 'thread.copy', icon: 'copy' }, ...OWN_ACTIONS]`
    expect(readActions(module('./empty'), load)).toEqual([copy])
    expect(readActions(module('./own-actions'), load)).toEqual([
      copy,
      { name: 'print', label: 'thread.copy', icon: 'copy', isDangerous: true },
      { name: 'pay', label: { zh: '付款', en: 'Pay' }, icon: 'copy', isDangerous: false },
    ])
  })

  it('of a team are before the deletion, as the program offers them', () => {
    const folder = fileURLToPath(new URL('../../../src/ui/thread', import.meta.url))
    const read = (name: string) => readFileSync(path.join(folder, `${name}.ts`), 'utf8')
    const names = readActions(read('message-actions'), (from) => FILES[from] ?? read(from)).map(({ name }) => name)
    expect(names.slice(-4)).toEqual(['details', 'print', 'pay', 'delete'])
  })

  it('may have a label of a list of words', () => {
    const words = "export const WORDS = { copy: { zh: '复制', en: 'Copy' }, 'copy.all': { zh: '全部复制', en: 'Copy all' } } satisfies object"
    const module = (label: string) => `import { WORDS } from './words'\nexport const ACTIONS = [{ name: 'copy', label: ${label}, icon: 'copy' }]`
    const labelOf = (label: string) => readActions(module(label), () => words).map((action) => action.label)
    expect([labelOf('WORDS.copy'), labelOf("WORDS['copy.all']")]).toEqual([[{ zh: '复制', en: 'Copy' }], [{ zh: '全部复制', en: 'Copy all' }]])
    for (const label of ['WORDS.paste', 'WORDS[copy]', 'OTHERS.copy']) expect(() => labelOf(label)).toThrow('message-actions.ts')
  })

  it.each([
    "export const ACTIONS = [{ name: 'copy', label: 'thread.copy' }]",
    "export const ACTIONS = [{ name: 'a b', label: 'thread.copy', icon: 'copy' }]",
    "export const ACTIONS = [{ name: 'copy', label: { zh: '复制' }, icon: 'copy' }]",
    'export const ACTIONS = [...list()]',
    'export const ACTIONS = list()',
  ])('must be readable without running them: not %j', (module) => {
    expect(() => readActions(module, load)).toThrow('message-actions.ts')
  })

  it('have their words in the markup: by key, or in both languages', () => {
    const markup = withActions(MENU, [copy, { ...copy, name: 'pay', label: { zh: '付"款', en: 'Pay' } }], [])
    expect(markup).toContain("{{ t('thread.copy') }}")
    expect(markup).toContain('{{ t({"zh":"付\\"款","en":"Pay"}) }}')
    expect(() => withActions(MENU, [{ ...copy, label: { zh: '}}', en: '{' } }], [])).toThrow('}}')
  })
})
