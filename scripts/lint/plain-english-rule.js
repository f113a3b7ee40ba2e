// Comments, names and the names of tests are in plain English, so that a stranger can review the code. The words to avoid are in plain-words.js.

import { avoidedNames, avoidedWords } from './plain-words.js'

const TESTS = new Set(['it', 'test', 'describe', 'bench'])
/** Comments of CSS and SCSS, but not the `//` of an address. */
const STYLE_COMMENT = /\/\*[^]*?\*\/|(?<!:)\/\/[^\n]*/g

/** @type {import('eslint').Rule.RuleModule} */
export default {
  meta: {
    type: 'problem',
    docs: { description: 'keep comments, names and test names in plain English' },
    schema: [],
    messages: { word: '"{{word}}" is not plain English: {{instead}}.' },
  },
  create(context) {
    const { sourceCode } = context
    const seen = new Set()

    /** Reports the words of the text from `start` to `end`. The stars of a comment and line ends count as spaces. */
    const check = (start, end) => {
      const text = sourceCode.text.slice(start, end)
      const lead = /^[\s/*<!-]*/.exec(text)[0].length
      for (const { index, word, instead } of avoidedWords(text.slice(lead).replace(/\n[\s*/]*/g, (gap) => ' '.repeat(gap.length)))) {
        const at = start + lead + index
        context.report({ loc: { start: sourceCode.getLocFromIndex(at), end: sourceCode.getLocFromIndex(at + word.length) }, messageId: 'word', data: { word: word.replace(/ +/g, ' '), instead } })
      }
    }

    const script = {
      Program() {
        const templateComments = sourceCode.ast.templateBody?.comments ?? []
        for (const comment of [...sourceCode.getAllComments(), ...templateComments]) check(...comment.range)
        for (const { name, startTag, endTag } of sourceCode.parserServices.getDocumentFragment?.()?.children ?? []) {
          if (name !== 'style') continue
          const from = startTag.range[1]
          for (const { 0: text, index } of sourceCode.text.slice(from, endTag?.range[0]).matchAll(STYLE_COMMENT)) check(from + index, from + index + text.length)
        }
      },
      CallExpression({ callee, arguments: [name] }) {
        if (!TESTS.has(rootOf(callee))) return
        if (name?.type === 'Literal' && typeof name.value === 'string') check(name.range[0] + 1, name.range[1] - 1)
        if (name?.type === 'TemplateLiteral') for (const quasi of name.quasis) check(quasi.range[0] + 1, quasi.range[1] - 1)
      },
      // A name is reported once, where it is first read or declared.
      Identifier(node) {
        if (seen.has(node.name)) return
        seen.add(node.name)
        for (const { word, instead } of avoidedNames(node.name)) context.report({ node, messageId: 'word', data: { word, instead } })
      },
    }
    return sourceCode.parserServices.defineTemplateBodyVisitor?.({ Identifier: script.Identifier }, script) ?? script
  },
}

/** `it` for `it`, `it.skip` and `it.each(cases)`. */
function rootOf(callee) {
  if (callee.type === 'Identifier') return callee.name
  if (callee.type === 'MemberExpression') return rootOf(callee.object)
  if (callee.type === 'CallExpression') return rootOf(callee.callee)
  return callee.type === 'TaggedTemplateExpression' ? rootOf(callee.tag) : undefined
}

/** Lets ESLint read the comments of a style sheet, and nothing else of it. */
export const styleParser = {
  meta: { name: 'style-comments', version: '1' },
  parse(text) {
    const lines = [...text.matchAll(/^/gm)].map(({ index }) => index)
    const place = (index) => {
      const line = lines.findLastIndex((start) => start <= index)
      return { line: line + 1, column: index - lines[line] }
    }
    const node = (type, start, end, rest) => ({ type, start, end, range: [start, end], loc: { start: place(start), end: place(end) }, ...rest })
    const comments = [...text.matchAll(STYLE_COMMENT)].map(({ 0: value, index }) => node(value.startsWith('//') ? 'Line' : 'Block', index, index + value.length, { value: value.slice(2) }))
    return node('Program', 0, text.length, { sourceType: 'module', body: [], tokens: [], comments })
  },
}
