import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parse } from 'vue/compiler-sfc'

const templateOf = (file: string): string => parse(readFileSync(file, 'utf8')).descriptor.template?.content ?? ''
const lines = (markup: string): string[] => markup.split('\n').map((line) => line.trim()).filter(Boolean)

// The page has its own copy of the markup: a component would slow down the first paint.
it('a row of the launch snapshot has the markup of a row of the list', () => {
  const page = templateOf('src/pages/conversations/conversations.vue')
  const copies = [...page.matchAll(/^( *)<view v-for="\(row, index\) in rows"[^]*?\n\1<\/view>/gm)].map(([markup]) =>
    markup
      .replace('v-for="(row, index) in rows" :key="index" ', '')
      .replace('"snapshot-row"', '"conversation-row"')
      // The texts are stored with the snapshot.
      .replace(/\blabels\.(\w+)/g, "t('list.$1')"),
  )
  expect(copies.map(lines)).toEqual([lines(templateOf('src/ui/conversations/ConversationRow.vue'))])
})
