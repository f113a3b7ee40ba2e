import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ACTIONS } from '@/src/ui/thread/message-actions'
import { QUICK_REACTIONS } from '@/src/ui/menu/quick-reactions'
import { readActions, readReactions, withActions } from '../../../scripts/vite/menu-actions'

const none = () => {
  throw new Error('nothing is imported')
}
const action = (rest: string) => `{ ${rest}, isOffered: () => true, run: async () => {} }`
const COPY = action("name: 'copy', label: 'thread.copy', icon: 'copy'")

describe('the actions of the menu', () => {
  it('are those of the program, as the program has them', () => {
    const source = (file: string) => readFileSync(new URL(`../../../src/ui/${file}`, import.meta.url), 'utf8')
    const read = readActions(source('thread/message-actions.ts'), none)
    expect(read).toEqual(ACTIONS.map(({ name, label, icon, isDangerous = false }) => ({ name, label, icon, isDangerous })))
    expect(readReactions(source('menu/quick-reactions.ts'))).toEqual(QUICK_REACTIONS)
  })

  it('may be dangerous, and may be imported', () => {
    const own = `export const pay: MessageAction = ${action("name: 'pay', label: 'order.pay', icon: 'details', isDangerous: true")}`
    const module = `import { pay } from '@/examples/order-card/action'\nexport const ACTIONS: readonly MessageAction[] = [${COPY}, pay]`
    const asked: string[] = []
    const load = (from: string) => {
      asked.push(from)
      return own
    }
    expect(readActions(module, load)).toEqual([
      { name: 'copy', label: 'thread.copy', icon: 'copy', isDangerous: false },
      { name: 'pay', label: 'order.pay', icon: 'details', isDangerous: true },
    ])
    expect(asked).toEqual(['@/examples/order-card/action'])
  })

  it.each([
    ['has no icon', `export const ACTIONS = [${action("name: 'copy', label: 'thread.copy'")}]`],
    ['has a computed name', `export const ACTIONS = [${action("name: NAME, label: 'thread.copy', icon: 'copy'")}]`],
    ['has a name that is no attribute', `export const ACTIONS = [${action(`name: 'a">b', label: 'thread.copy', icon: 'copy'`)}]`],
    ['is one of a spread list', 'export const ACTIONS = [...others]'],
    ['is not there', 'export const OTHERS = []'],
  ])('are refused if one %s', (_, module) => {
    expect(() => readActions(module, none)).toThrow()
  })
})

describe('the markup of the menu', () => {
  const MENU = '<template><quick-reactions /><menu-actions :offers="offers" :t="t" /></template>\n<style lang="scss" scoped>\n.menu {}\n</style>\n'

  it('has each action under its condition, the icons that are used, and the quick reactions', () => {
    const [copy, remove] = [
      { name: 'copy', label: 'thread.copy', icon: 'copy', isDangerous: false },
      { name: 'delete', label: 'common.delete', icon: 'delete', isDangerous: true },
    ]
    const written = withActions(MENU, [copy, remove], ['👍'])
    expect(written).toContain(`<div v-if="offers['copy']" class="action icon-copy" role="menuitem" hover-class="is-pressed" data-testid="menu-action" data-action="copy">{{ t('thread.copy') }}</div>`)
    expect(written).toContain(`v-if="offers['delete']" class="action icon-delete is-dangerous"`)
    expect(written).toContain('data-testid="reaction-pick" data-emoji="👍">👍</div>')
    expect(written).toContain(".menu {}\n.icon-copy::before { @include icon('copy'); }\n.icon-delete::before { @include icon('delete'); }\n</style>")
  })

  it('needs both places once', () => {
    expect(() => withActions('<template><menu-actions /></template>', [], [])).toThrow('quick-reactions')
    expect(() => withActions(MENU.replace('<quick-reactions />', '<quick-reactions /><quick-reactions />'), [], [])).toThrow('quick-reactions')
  })
})
