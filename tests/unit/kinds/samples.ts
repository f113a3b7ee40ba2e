import type { MessageBody } from '@/src/kinds/registry'

/** Bodies of each kind, by its name: ordinary ones and the extremes. A kind of a team has them in its folder. */
const SAMPLES: { readonly [Name in MessageBody['kind']]?: readonly Extract<MessageBody, { readonly kind: Name }>[] } = {
  text: ['你好', '', ' ', 'two\nlines', '{"v":1,"id":"a","kind":"text","text":"x"}', '\u202e倒', '👨‍👩‍👧', 'x'.repeat(30_000)].map((text) => ({ kind: 'text', text })),
  card: [
    { kind: 'card', title: '新品上市' },
    { kind: 'card', title: '\u202etitle\n2', text: '', pairs: [], type: 'shop.article' },
    {
      kind: 'card',
      title: 'x'.repeat(100),
      text: '字'.repeat(200),
      picture: `https://media.example/${'p'.repeat(978)}`,
      pairs: Array.from({ length: 4 }, () => ['标签'.repeat(15), '"\\'.repeat(50)] as const),
      link: 'https://shop.example/a?b=c#d',
      page: '/src/pages/storage/storage',
      type: '!~',
    },
  ],
  location: [
    { kind: 'location', name: '外滩', address: '上海市黄浦区中山东一路', lat: 31.240018, lng: 121.490317 },
    { kind: 'location', name: '', address: '', lat: 0, lng: -180 },
    { kind: 'location', name: 'x'.repeat(100), address: '\u202e\n'.repeat(100), lat: -90, lng: 0.000001 },
    { kind: 'location', name: '\u200b', address: 'only an address', lat: -0.123456, lng: 179.999999 },
  ],
  notice: [
    { kind: 'notice', joined: ['bob'], left: [], joinedCount: 1, leftCount: 0 },
    { kind: 'notice', joined: ['bob', 'carol', 'dave'], left: ['eve'], joinedCount: 12, leftCount: 1 },
    { kind: 'notice', joined: [], left: [], joinedCount: 0, leftCount: 0, away: { from: 1, to: 120_001 } },
  ],
  unsupported: [{ kind: 'unsupported' }, { kind: 'unsupported', raw: '{"v":9,"id":"a","kind":"hologram"}' }, { kind: 'unsupported', record: { kind: 'hologram', rays: [1, 2] } }],
}

const OWN = import.meta.glob<readonly MessageBody[]>('../../../src/kinds/own/*/samples.ts', { eager: true, import: 'samples' })

export function sampleBodies(name: string): readonly MessageBody[] {
  return (SAMPLES as Readonly<Record<string, readonly MessageBody[]>>)[name] ?? OWN[`../../../src/kinds/own/${name}/samples.ts`] ?? []
}
