import { expect, it } from 'vitest'
import { fullTable } from '@/src/chat/emoji/short-table'
import { EMOJI_TABLE } from '@/src/chat/emoji/table'
import { utf8Length } from '@/src/chat/rtm-limits'
import { shortTable } from '../../../scripts/vite/emoji-table'

it('makes the table of emojis half as long, and the same table of that', () => {
  const short = shortTable(EMOJI_TABLE)
  expect(fullTable(short)).toBe(EMOJI_TABLE)
  expect(utf8Length(short)).toBeLessThan(utf8Length(EMOJI_TABLE) / 2)
})

it('refuses a table with a character that the short form uses', () => {
  expect(() => shortTable('😀a')).toThrow('short-table.ts')
  expect(() => shortTable('😀\u0100')).toThrow('short-table.ts')
})
