import type { MessageBody } from '@/src/kinds/registry'

/** Bodies of each kind, by its name: ordinary ones and the extremes. A new kind adds its own. */
const SAMPLES: { readonly [Name in MessageBody['kind']]: readonly Extract<MessageBody, { readonly kind: Name }>[] } = {
  text: ['你好', '', ' ', 'two\nlines', '{"v":1,"id":"a","kind":"text","text":"x"}', '\u202e倒', '👨‍👩‍👧', 'x'.repeat(30_000)].map((text) => ({ kind: 'text', text })),
  notice: [
    { kind: 'notice', joined: ['bob'], left: [], joinedCount: 1, leftCount: 0 },
    { kind: 'notice', joined: ['bob', 'carol', 'dave'], left: ['eve'], joinedCount: 12, leftCount: 1 },
    { kind: 'notice', joined: [], left: [], joinedCount: 0, leftCount: 0, away: { from: 1, to: 120_001 } },
  ],
  unsupported: [{ kind: 'unsupported' }, { kind: 'unsupported', raw: '{"v":9,"id":"a","kind":"hologram"}' }, { kind: 'unsupported', record: { kind: 'hologram', rays: [1, 2] } }],
}

export function sampleBodies(name: string): readonly MessageBody[] {
  return (SAMPLES as Readonly<Record<string, readonly MessageBody[]>>)[name] ?? []
}
