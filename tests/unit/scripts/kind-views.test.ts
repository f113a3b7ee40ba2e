import { describe, expect, it } from 'vitest'
import { kindFolders, readBubble, viewsModule, withBubbles } from '../../../scripts/vite/kind-views'

const REGISTRY = `import type { MessageKind } from './kind'
import { text } from './text/spec'
import { orderCard } from '@/examples/order-card/spec'
import { other } from './other'
export const KINDS = { text, orderCard }
`
const bubble = (markup: string, script = 'defineProps<{ row: { readonly text: string } }>()') =>
  `<script setup lang="ts">\n${script}\n</script>\n<template>${markup}</template>\n<style lang="scss" scoped>\n.x { color: red; }\n</style>\n`
const CHUNK = '<template><div v-for="row in rows"><kind-bubbles :row="row" :tap="tap" /></div></template>\n<style lang="scss" scoped>\n.row { color: blue; }\n</style>\n'

const OWN = `import { poll } from './own/poll/spec'
export const OWN_KINDS = { poll }
`
const reading = (registry: string, own = '') => (file: string) => (file.endsWith('/own.ts') ? own : registry)

describe('the folders of the kinds', () => {
  it('are those from which the registry imports a spec, in its order', () => {
    const kinds = kindFolders(reading(REGISTRY), '/app')
    expect(kinds).toEqual([{ name: 'text', folder: '/app/src/kinds/text' }, { name: 'order-card', folder: '/app/examples/order-card' }])
    expect(viewsModule(kinds)).toBe(
      "import { view as view0 } from '/app/src/kinds/text/view'\nimport { view as view1 } from '/app/examples/order-card/view'\nexport const VIEWS = { 'text': view0, 'order-card': view1 }\n",
    )
  })
})

describe('the kinds of a team', () => {
  it('come after ours', () => {
    expect(kindFolders(reading(REGISTRY, OWN), '/app').map(({ folder }) => folder)).toEqual(['/app/src/kinds/text', '/app/examples/order-card', '/app/src/kinds/own/poll'])
  })

  it.each([
    ["import { text } from './own/text/spec'", 'Two kinds are called text'],
    ["import poll from './own/poll/spec'", 'src/kinds/own.ts: write each kind as'],
  ])('are refused as %j', (own, words) => {
    expect(() => kindFolders(reading(REGISTRY, own), '/app')).toThrow(words)
  })
})

describe('a bubble', () => {
  it('returns its markup and its styles', () => {
    expect(readBubble('text', bubble('<text>{{ row.text }}</text>'), 'Bubble.vue')).toEqual({ name: 'text', markup: '<text>{{ row.text }}</text>', styles: '\n.x { color: red; }\n' })
  })

  it('may import types, and the texts', () => {
    const script = "import type { TextRow } from './view'\nimport { t } from '@/src/locales'\ndefineProps<{ row: { readonly text: string }; tap: () => void }>()\nexport type Same = TextRow"
    expect(() => readBubble('text', bubble('<text @tap="tap">{{ t(row.text) }}</text>', script), 'Bubble.vue')).not.toThrow()
  })

  it.each([
    ['a value of its own', 'const size = 3\ndefineProps<{ row: object }>()', 'size'],
    ['another component', "import Other from './Other.vue'\ndefineProps<{ row: object }>()", 'Other'],
    ['another prop', 'defineProps<{ row: object; mine: boolean }>()', 'mine'],
  ])('is rejected if its markup uses %s: a row does not have it', (_, script, name) => {
    expect(() => readBubble('text', bubble('<Other :size="size" :mine="mine" />', script), 'Bubble.vue')).toThrow(name)
  })

  it('is rejected if it is malformed', () => {
    expect(() => readBubble('text', '<template><div></template>', 'Bubble.vue')).toThrow()
  })
})

describe('the markup of a row', () => {
  const [one, two, three] = ['one', 'two', 'three'].map((name) => ({ name, markup: `<i>${name} $&</i>`, styles: `.${name} {}` }))

  it('has the bubble of each kind, the first without a condition of its own', () => {
    const chunk = withBubbles(CHUNK, [one!, two!, three!])
    expect(chunk).toContain(
      '<div v-for="row in rows"><template v-if="row.kind"><template v-for="row in [row]" :key="row.key"><template v-if="row.kind === \'two\' || undefined"><i>two $&</i></template><template v-else-if="row.kind === \'three\' || undefined"><i>three $&</i></template></template></template><template v-else><i>one $&</i></template></div>',
    )
    expect(chunk).toContain('.row { color: blue; }\n.one {}\n.two {}\n.three {}</style>')
  })

  it('has the bubble of the only kind', () => {
    expect(withBubbles(CHUNK, [one!])).toContain('<div v-for="row in rows"><i>one $&</i></div>')
  })

  it('has exactly one place for them, and at least one kind', () => {
    expect(() => withBubbles(CHUNK, [])).toThrow('kind-bubbles')
    expect(() => withBubbles(CHUNK + CHUNK, [one!])).toThrow('kind-bubbles')
    expect(() => withBubbles('<template />', [one!])).toThrow('kind-bubbles')
  })
})
