/** The examples of docs/WIRE.md are what this client reads. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { decode, encode } from '@/src/chat/message/envelope'
import { kindNamed } from '@/src/kinds/registry'

const document = readFileSync(fileURLToPath(new URL('../../../../docs/WIRE.md', import.meta.url)), 'utf8')
const examples = [...document.matchAll(/^```json\n([^]*?)\n```$/gm)].map(([, text = '']) => text.trim())

it('has an example of each kind that is sent', () => {
  const kinds = examples.map((text) => (JSON.parse(text) as { kind: string }).kind)
  expect(kinds).toEqual(expect.arrayContaining(['text', 'location', 'card', 'record', 'image', 'voice', 'video', 'file', 'receipt']))
})

it.each(examples)('%s is read as its kind', (text) => {
  const { kind, id } = JSON.parse(text) as { kind: string; id: string }
  const envelope = decode(text)
  expect(envelope.id).toBe(id)
  if (!kindNamed(kind)) return expect(['receipt', 'typing', 'amendment', 'control']).toContain(envelope.kind)
  if (envelope.kind !== 'message') throw new Error(`${kind} is no message`)
  expect(envelope.body.kind).toBe(kind)
  // No field of it is unknown here: such a one would be kept with the whole text.
  expect(envelope.body.raw).toBeUndefined()
  expect(decode(encode({ ...envelope, id }, 'rich'))).toEqual(envelope)
})
