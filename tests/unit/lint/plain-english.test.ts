import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { avoidedWords } from '../../../scripts/lint/plain-words.js'
import { messagesOf } from './lint'

const wordsIn = async (file: string, code: string) => (await messagesOf('prose/plain-english', file, code)).map((message) => /^"(.*?)"/.exec(message)?.[1])
const inScript = (code: string) => wordsIn('simulator/x.ts', code)

describe('the plain English rule', () => {
  it.each([
    ['The user by whom it was sent.', 'whom'],
    ['Whoever comes first.', 'Whoever'],
    ['Known to nobody.', 'nobody'],
    ['Somebody else.', 'Somebody'],
    ['Anybody may write.', 'Anybody'],
    ['To tell oneself apart.', 'oneself'],
    ['One’s own message.', 'One’s own'],
    ["One's join.", "One's"],
    ['It stands in the log.', 'stands'],
    ['Where they stand.', 'stand'],
    ['As it stood.', 'stood'],
    ['Written anew.', 'anew'],
    ['The spacer gives way to a chunk.', 'gives way'],
    ['The sender is told.', 'is told'],
    ['After so many ms.', 'so many'],
    ['It is tried so often.', 'so often'],
    ['So long after the last one, ms: a flush.', 'So long'],
    ['What lies at hand.', 'at hand'],
    ['Kept for ever.', 'for ever'],
    ['Whether it left meanwhile, or not.', 'meanwhile'],
    ['Answers whether it is saved.', 'Answers whether'],
    ['Takes in a message.', 'Takes in'],
    ['What is typed.', 'What is'],
    ['Saves it. What was refused is shown.', 'What was'],
  ])('reports %j, for %j', async (comment, word) => {
    expect(await inScript(`// ${comment}\n`)).toEqual([word])
  })

  it.each([
    'Stands in for the server, and stands out. A stand-in. The outstanding standards.',
    'Told apart by its id: the two are told apart by their ids.',
    'So many that they do not fit. It waits so long as the app is hidden.',
    'Meanwhile, the old one answers. In the meantime. Forever.',
    'Each one’s state, and the old one’s.',
    'What a row shows. What is it?',
    'The users, one another, someone and everyone.',
    'See `nobody`, `stands` and "whoever".',
  ])('accepts ordinary English: %j', async (comment) => {
    expect(await inScript(`// ${comment}\n`)).toEqual([])
  })

  it('finds a word that a comment breaks at the end of a line', async () => {
    expect(await inScript('/**\n * The sender is\n * told by name.\n */\n')).toEqual(['is told'])
  })

  it('points at the word', async () => {
    const messages = await messagesOf('prose/plain-english', 'simulator/x.ts', '// Written anew.\n')
    expect(messages).toEqual(['"anew" is not plain English: say "again".'])
  })

  it.each(['it', 'it.skip', 'test', 'describe', 'describe.concurrent', 'it.each([1])', 'it.each`x`'])('reads the name that %s gives', async (call) => {
    expect(await wordsIn('simulator/x.test.ts', `${call}('stands', () => {})\n`)).toEqual(['stands'])
    expect(await wordsIn('simulator/x.test.ts', `${call}(\`stands \${1}\`, () => {})\n`)).toEqual(['stands'])
  })

  it('ignores other strings, which a user may read', async () => {
    expect(await inScript("export const text = 'It stands.'\nfind('nobody')\n")).toEqual([])
  })

  it.each(['isOwed', 'isBegunAgain', 'NOBODY', 'unkeptMessages', 'sentMeanwhile'])('reports the name %s, once', async (name) => {
    expect(await inScript(`export const ${name} = 1\nexport const x = ${name}\n`)).toHaveLength(1)
  })

  it.each(['isAllowed', 'followed', 'standardOutput', 'bodyOf'])('accepts the name %s', async (name) => {
    expect(await inScript(`export const x = { ${name}: 1 }\n`)).toEqual([])
  })

  it('reads script, template and style of a component', async () => {
    const code = '<script setup lang="ts">\n// anew\n</script>\n<template><!-- nobody --><view /></template>\n<style lang="scss">\n/* whoever */\n// whom\n.a { background: url(https://x/anew); }\n</style>\n'
    expect((await wordsIn('simulator/X.vue', code)).sort()).toEqual(['anew', 'nobody', 'whoever', 'whom'])
  })

  it.each(['simulator/x.mjs', 'simulator/x.js', 'simulator/x.d.mts'])('reads %s', async (file) => {
    expect(await wordsIn(file, '// anew\n')).toEqual(['anew'])
  })

  it('reads style sheets', async () => {
    expect(await wordsIn('simulator/x.scss', '.a { color: red; /* It stands\nanew. */ }\n// whom\n')).toEqual(['stands', 'anew', 'whom'])
  })
})

describe('the English documents', () => {
  const root = new URL('../../../', import.meta.url)
  const documents = ['README.md', 'SECURITY.md', 'simulator/README.md', ...readdirSync(new URL('docs/', root)).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)]

  it.each(documents.filter((name) => !name.includes('zh-CN')))('%s is in plain English', (name) => {
    const text = readFileSync(new URL(name, root), 'utf8').replace(/```[^]*?```/g, '')
    const found = text.split('\n').flatMap((line) => avoidedWords(line.replace(/^[\s#>*|-]+/, '')).map(({ word }) => `${word}: ${line}`))
    expect(found).toEqual([])
  })
})
