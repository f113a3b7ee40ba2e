import { describe, expect, it } from 'vitest'
import { messagesOf } from './lint'

const messages = (file: string, code: string) => messagesOf('rtm/import-direction', file, code)
const script = (code: string) => `<script setup lang="ts">\n${code}\n</script>\n<template><view /></template>\n`

/** Which rooms each room may import, as in docs/ARCHITECTURE.md. */
const allowed: Record<string, string[]> = {
  pages: ['kinds', 'pages', 'components', 'composables', 'chat', 'locales', 'platform'],
  components: ['kinds', 'components', 'composables', 'chat', 'locales', 'platform'],
  composables: ['kinds', 'composables', 'stores', 'chat', 'locales', 'platform'],
  stores: ['kinds', 'stores', 'rtm', 'storage', 'platform', 'chat', 'locales'],
  rtm: ['rtm', 'platform', 'chat'],
  storage: ['kinds', 'storage', 'platform', 'chat'],
  platform: ['platform'],
  chat: ['chat', 'kinds'],
  kinds: ['kinds'],
  locales: ['locales'],
}
const rooms = Object.keys(allowed)

/** A file of a room, as an import names it. Components and composables share src/ui, each feature in a folder. */
const file = (room: string, name: string) =>
  room === 'components' ? `src/ui/x/${name}.vue` : room === 'composables' ? `src/ui/x/${name}` : `src/${room}/${name}`
/** The messages for a file that imports `code`. */
const importer = (room: string, name: string, code: string) =>
  room === 'components' ? messages(`src/ui/x/${name}.vue`, script(code)) : messages(`${file(room, name)}.ts`, code)

describe('the import rule', () => {
  describe.each(rooms)('%s', (from) => {
    it.each(rooms)('and %s', async (to) => {
      const expected = allowed[from]!.includes(to) ? 0 : 1
      expect(await importer(from, 'a', `import { x } from '@/${file(to, 'b')}'\nx()`)).toHaveLength(expected)
      const depth = file(from, 'deep/a').split('/').length - 2
      expect(await importer(from, 'deep/a', `import { x } from '${'../'.repeat(depth)}${file(to, 'b').slice('src/'.length)}'\nx()`)).toHaveLength(expected)
    })

    it('never imports the gateway, the entry files, tests or scripts', async () => {
      for (const target of ['@/gateway/server', '../../gateway/server', '@/main', '@/App.vue', '@/tests/support/x', '../../scripts/start']) {
        expect(await importer(from, 'a', `import '${target.startsWith('@') ? target : target.replace('../../', from.startsWith('comp') ? '../../../' : '../../')}'`), target).toHaveLength(1)
      }
    })
  })

  it('takes the subpackage for the same rooms as src/', async () => {
    expect(await messages('src/more/ui/x/a.vue', script(`import { x } from '@/src/ui/x/b'\nimport { y } from './c'\nx(y)`))).toEqual([])
    expect(await messages('src/ui/x/a.vue', script(`import B from '@/src/more/ui/x/B.vue'\nB()`))).toEqual([])
    expect(await messages('src/more/ui/x/a.vue', script(`import { x } from '@/src/stores/b'\nx()`))).toHaveLength(1)
    expect(await messages('src/more/pages/x/x.vue', script(`import { x } from '@/src/storage/b'\nx()`))).toHaveLength(1)
    expect(await messages('src/stores/a.ts', `import { x } from '@/src/more/ui/x/b'\nx()`)).toHaveLength(1)
  })

  it('lets the entry files import every room', async () => {
    for (const room of ['stores', 'composables', 'platform', 'locales', 'styles']) {
      expect(await messages('main.ts', `import '@/${file(room, 'a')}'`), room).toEqual([])
      expect(await messages('App.vue', script(`import './${file(room, 'a')}'`)), room).toEqual([])
    }
    for (const room of ['rtm', 'storage', 'chat', 'pages']) expect(await messages('main.ts', `import './src/${room}/a'`), room).toHaveLength(1)
    expect(await messages('main.ts', `import App from './App.vue'\nApp()`)).toEqual([])
  })

  it('allows the gateway only the limits and the frames of the client', async () => {
    for (const target of ['./bus', '../src/chat/rtm-limits', '../src/rtm/local/frames', '../src/rtm/local/frames.ts', 'ws', 'node:http']) {
      expect(await messages('gateway/a.ts', `import '${target}'`), target).toEqual([])
    }
    expect(await messages('gateway/store/a.ts', `import '../../src/chat/rtm-limits'`)).toEqual([])
    for (const target of ['../src/chat/message', '../src/rtm/port', '@/src/rtm/local/client', '../src/chat/rtm-limits/x']) {
      expect(await messages('gateway/a.ts', `import '${target}'`), target).toHaveLength(1)
    }
  })

  it.each([
    ['a type import', `import type { X } from '@/src/rtm/port'\nexport type Y = X`],
    ['an inline type import', `import { type X } from '@/src/rtm/port'\nexport type Y = X`],
    ['a re-export', `export { x } from '@/src/rtm/port'`],
    ['a re-export of everything', `export * from '@/src/rtm/port'`],
    ['a re-export of types', `export type { X } from '@/src/rtm/port'`],
    ['a dynamic import', `void import('@/src/rtm/port')`],
    ['a dynamic import by template', 'void import(`@/src/rtm/port`)'],
    ['an import of a type by name', `export type X = import('@/src/rtm/port').RtmClient`],
    ['a require', `const x = require('@/src/rtm/port')\nx()`],
    ['a query', `import x from '@/src/rtm/port?raw'\nx()`],
    ['a detour', `import x from '@/src/pages/../rtm/port'\nx()`],
  ])('sees %s', async (_, code) => {
    expect(await messages('src/ui/x/a.ts', code)).toHaveLength(1)
    expect(await messages('src/ui/x/A.vue', script(code).replace(' setup', ''))).toHaveLength(1)
  })

  it('sees both scripts of a component', async () => {
    const code = `<script lang="ts">\nimport '@/src/rtm/a'\n</script>\n<script setup lang="ts">\nimport '@/src/storage/b'\n</script>\n<template><view /></template>`
    expect(await messages('src/pages/x/x.vue', code)).toHaveLength(2)
  })

  it('allows platform the types of chat, and none of its code', async () => {
    expect(await messages('src/platform/a.ts', `import type { X } from '@/src/chat/message/message'\nexport type Y = X`)).toEqual([])
    expect(await messages('src/platform/a.ts', `import { x } from '@/src/chat/message/message'\nx()`)).toEqual(['platform may import types of chat only: write "import type".'])
  })

  it('allows platform the clock, and no other file of chat', async () => {
    expect(await messages('src/platform/a.ts', `import { clock } from '@/src/chat/time/clock'\nclock.now()`)).toEqual([])
    expect(await messages('src/platform/a.ts', `import { clockLabel } from '@/src/chat/time/clock-label'\nclockLabel()`)).toHaveLength(1)
  })

  it('allows the rules of a kind the texts and helpers of chat, and types; its view and its bubble belong to the view', async () => {
    for (const code of [`import { lineOf } from '@/src/chat/text/written-text'\nlineOf()`, `import { isRecord } from '@/src/chat/util/checks'\nisRecord()`, `import type { t } from '@/src/locales'\nexport type T = typeof t`]) {
      expect(await messages('src/kinds/dice/spec.ts', code), code).toEqual([])
    }
    for (const code of [`import { rows } from '@/src/chat/timeline/rows'\nrows()`, `import { t } from '@/src/locales'\nt()`, `import { view } from './view'\nview()`]) {
      expect(await messages('src/kinds/dice/spec.ts', code), code).toHaveLength(1)
    }
    expect(await messages('src/kinds/dice/view.ts', `import { t } from '@/src/locales'\nimport { today } from '@/src/stores/today'\nt(today)`)).toEqual([])
    expect(await messages('src/kinds/dice/Bubble.vue', script(`import { useChatStore } from '@/src/stores/chat'\nuseChatStore()`))).toHaveLength(1)
  })

  it('keeps the SDKs and libraries behind the rooms that own them', async () => {
    for (const [name, owner] of [['agora-rtm-sdk', 'rtm'], ['virtual:rtm-miniapp-sdk', 'rtm'], ['tus-js-client', 'media'], ['idb', 'storage and media']] as const) {
      for (const room of owner.split(' and ')) expect(await messages(`src/${room}/a.ts`, `import '${name}'`)).toEqual([])
      expect(await messages('src/stores/a.ts', `import '${name}'`)).toEqual([`"${name}" belongs to ${owner}: go through what ${owner} offers.`])
    }
  })

  it('says which imports are allowed instead', async () => {
    expect(await messages('src/pages/x/x.vue', script(`import { useChatStore } from '@/src/stores/chat'\nuseChatStore()`))).toEqual([
      'pages may not import stores. It may import: components, composables, kinds, chat, locales, platform.',
    ])
    expect(await messages('src/chat/a.ts', `import '@/src/locales'`)).toEqual(['chat may not import locales. It may import: kinds.'])
  })

  it('ignores packages, static files and tests', async () => {
    expect(await messages('src/chat/a.ts', `import 'vue'\nimport '@/static/logo.png'\nimport '@/pages.json'`)).toEqual([])
    expect(await messages('tests/unit/a.test.ts', `import '@/src/rtm/port'\nimport '../../gateway/server'`)).toEqual([])
  })
})
