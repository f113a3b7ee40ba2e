import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { withExpressions, withMarks } from '../../../scripts/vite/row-people'

const row = (inside: string) => `<div class="chunk"><div v-else class="row">${inside}</div></div>`

describe('the names and avatars of rows', () => {
  it('are read by the view from the list, under the names that the compiler has given', () => {
    const marked = withMarks(row('<i class="a" :class="people[row.who]?.tone" :style="people[row.who]?.picture">{{ people[row.who]?.letter }}</i>'))
    expect(marked).not.toContain('people[row.who]')
    const compiled = marked.replace(':data-people="people"', 'data-people="{{b}}"').replace(':data-who="row.who"', 'data-who="{{row.q}}"')
    expect(withExpressions(compiled)).toBe(row('<i class="a {{b[row.q].tone}}" style="{{b[row.q].picture}}">{{b[row.q].letter}}</i>'))
  })

  it('are all found in the markup of a chunk', () => {
    const marked = withMarks(readFileSync('src/ui/thread/MessageChunk.vue', 'utf8'))
    expect(marked.match(/@people\.\w+@/g)).toEqual(['@people.tone@', '@people.picture@', '@people.letter@', '@people.name@', '@people.name@'])
  })

  it('fail the build if they are written in another form', () => {
    expect(() => withMarks(row(':id="people[row.who]?.name"'))).toThrow('MessageChunk')
    expect(() => withMarks('<div class="chunk" />')).toThrow('once')
    expect(() => withExpressions(row(''))).toThrow('names no people')
  })
})
