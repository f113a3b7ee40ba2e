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
