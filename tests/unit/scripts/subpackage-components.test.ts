import { describe, expect, it } from 'vitest'
import { withPlaceholders } from '../../../scripts/vite/subpackage-components'

const homeOf = (file: string) => ['src/more', 'src/shop'].find((root) => file.startsWith(`${root}/`)) ?? ''
const placed = (file: string, config: object) => JSON.parse(withPlaceholders(file, JSON.stringify(config), homeOf)) as { componentPlaceholder?: object }

describe('a component gets a placeholder', () => {
  it.each([
    ['in the main package, of a subpackage', 'src/ui/a/A.json', '../../more/ui/b/B', true],
    ['in another subpackage', 'src/shop/a/A.json', '../../more/ui/b/B', true],
    ['by a path from the root', 'src/ui/a/A.json', '/src/more/ui/b/B', true],
    ['not in its own subpackage', 'src/more/ui/a/A.json', '../b/B', false],
    ['not if it is in the main package', 'src/more/ui/a/A.json', '../../../ui/b/B', false],
    ['not if a folder has a longer name than the subpackage', 'src/ui/a/A.json', '../../moreover/B', false],
  ])('%s', (_name, file, reference, isPlaced) => {
    expect(placed(file, { component: true, usingComponents: { 'my-b': reference } }).componentPlaceholder).toEqual(isPlaced ? { 'my-b': 'view' } : undefined)
  })

  it('besides those that pages.json names', () => {
    const config = { usingComponents: { 'my-b': '../../more/B', 'my-c': '../../more/C' }, componentPlaceholder: { 'my-c': 'text' } }
    expect(placed('src/ui/a/A.json', config)).toEqual({ ...config, componentPlaceholder: { 'my-b': 'view', 'my-c': 'text' } })
  })

  it('and other files are left as they are', () => {
    for (const json of ['{ "pages": [] }', '{"usingComponents":{"a":"./b"}}']) expect(withPlaceholders('app.json', json, homeOf)).toBe(json)
  })
})
