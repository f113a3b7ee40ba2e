/**
 * In the mini program, the view reads the names and avatars of a chunk's rows from one list, so that each goes to the view once for each sender and chunk.
 *
 * uni-app evaluates every expression of a row in the program and sends its value with the row. So before the compiler this plugin replaces
 * `people[row.who]?.name` in the markup of MessageChunk.vue by a mark, and after it the mark by the expression, with the names that the compiler has given
 * the list and the number of the sender.
 */
import type { Plugin } from 'vite'

const CHUNK = 'src/ui/thread/MessageChunk'
const READ = 'people\\[row\\.who\\]\\?\\.(\\w+)'

/**
 * Returns MessageChunk.vue with the marks.
 * @throws Error if its root or its row is not written as expected
 */
export function withMarks(chunk: string): string {
  const marked = chunk
    .replace(new RegExp(`class="(\\w+)" :class="${READ}"`, 'g'), 'class="$1 @people.$2@"')
    .replace(new RegExp(`:style="${READ}"`, 'g'), 'data-styled="@people.$1@"')
    .replace(new RegExp(`\\{\\{ ${READ} \\}\\}`, 'g'), '@people.$1@')
  const named = once(once(marked, '<div class="chunk"', ' :data-people="people"'), '<div v-else class="row"', ' :data-who="row.who"')
  if (/people\[row\.who\]\?/.test(named)) throw new Error(`${CHUNK}.vue: write people[row.who]?.… as the one :class, the :style or the one text of an element`)
  return named
}

function once(markup: string, tag: string, attribute: string): string {
  const parts = markup.split(tag)
  if (parts.length !== 2) throw new Error(`${CHUNK}.vue needs ${tag}> once`)
  return parts.join(tag + attribute)
}

/**
 * Returns the compiled markup with expressions in place of the marks.
 * @throws Error if the compiler has named neither the list nor the sender
 */
export function withExpressions(markup: string): string {
  const [list, people] = / data-people="\{\{(\w+)\}\}"/.exec(markup) ?? []
  const [sender, who] = / data-who="\{\{(row\.\w+)\}\}"/.exec(markup) ?? []
  if (list === undefined || sender === undefined) throw new Error(`${CHUNK}.wxml names no people`)
  return markup
    .replace(list, '')
    .replace(sender, '')
    .replace(/data-styled=/g, 'style=')
    .replace(/@people\.(\w+)@/g, (_mark, value: string) => `{{${people}[${who}].${value}}}`)
}

/** MessageChunk.vue is known by the end of its path: a folder with a name that the builders would misread is built through a link. */
export function rowPeople({ platform }: { readonly platform: string | undefined }): Plugin {
  return {
    name: 'rtm:row-people',
    enforce: 'pre',
    transform(code, id) {
      return platform === 'mp-weixin' && id.endsWith(`/${CHUNK}.vue`) ? { code: withMarks(code), map: null } : undefined
    },
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const file = bundle[`${CHUNK}.wxml`]
        if (platform !== 'mp-weixin' || file?.type !== 'asset') return
        file.source = withExpressions(typeof file.source === 'string' ? file.source : Buffer.from(file.source).toString('utf8'))
      },
    },
  }
}
