import type { MessageBody } from '@/src/kinds/registry'
import { FILES, LONGEST_URL, STORED } from '../../support/media-samples'

/** Bodies of each kind, by its name: ordinary ones and the extremes. A kind of a team has them in its folder. */
const SAMPLES: { readonly [Name in MessageBody['kind']]?: readonly Extract<MessageBody, { readonly kind: Name }>[] } = {
  text: ['你好', '', ' ', 'two\nlines', '{"v":1,"id":"a","kind":"text","text":"x"}', '\u202e倒', '👨‍👩‍👧', 'x'.repeat(30_000)].map((text) => ({ kind: 'text', text })),
  image: [
    FILES.image,
    { kind: 'image', ...STORED, url: LONGEST_URL, bytes: 2 ** 40, width: 1, height: 100_000, thumb: `${'/'.repeat(34)}==`, text: '"\\'.repeat(500) },
    { kind: 'image', ...STORED, width: 100_000, height: 1, thumb: '1QcS', text: '\u202e两行\n文字', local: 'k1' },
    { kind: 'image', ...STORED, url: '', sha256: '', width: 3, height: 4, thumb: '1QcS', local: 'k2' },
  ],
  voice: [
    FILES.voice,
    { kind: 'voice', ...STORED, mime: 'audio/mpeg', ms: 1, bytes: 1 },
    { kind: 'voice', ...STORED, mime: 'audio/mpeg', ms: 86_400_000, levels: 'v', local: 'k1' },
    { kind: 'voice', ...STORED, url: '', sha256: '', mime: 'audio/mpeg', ms: 999, local: 'k2' },
  ],
  video: [
    FILES.video,
    { kind: 'video', ...STORED, url: LONGEST_URL, mime: 'video/mp4', ms: 86_400_000, width: 1, height: 1, thumb: 'AAAA', local: 'k1' },
    { kind: 'video', ...STORED, url: '', sha256: '', mime: 'video/mp4', ms: 1, width: 1, height: 1, thumb: 'AAAA', local: 'k2' },
  ],
  file: [
    FILES.file,
    { kind: 'file', ...STORED, mime: `a/${'b'.repeat(98)}`, name: '字'.repeat(200), local: 'k1' },
    { kind: 'file', ...STORED, mime: 'text/plain', name: '.' },
    { kind: 'file', ...STORED, url: '', sha256: '', mime: 'application/zip', name: 'a b.zip', local: 'k2' },
  ],
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
  record: [
    { kind: 'record', title: 'alice 和 bob 的聊天记录', entries: [{ name: 'alice', at: 1_700_000_000_000, kind: 'text', text: '两行\n文字' }, { name: 'bob', at: 0, kind: 'location', text: '外滩' }] },
    { kind: 'record', title: '\u202et', entries: [{ name: '\u202en\n', at: -1, kind: 'of-a-later-version', text: '' }], more: 1 },
    { kind: 'record', title: 'x'.repeat(100), entries: Array.from({ length: 50 }, (_, at) => ({ name: '字'.repeat(64), at, kind: '!'.repeat(64), text: '"\\'.repeat(50) })), more: 1_000 },
    { kind: 'record', title: 'long', entries: Array.from({ length: 10 }, (_, at) => ({ name: 'bob', at, kind: 'text', text: '字'.repeat(1_000) })) },
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
