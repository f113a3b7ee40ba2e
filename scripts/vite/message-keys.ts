// The mini program has the keys of the interface's texts once, for all languages: each language is a list of texts, in the order of the keys.
import { parseAst, type Plugin, type Rollup } from 'vite'

/** The files of the languages. The first one says which keys there are. */
const LANGUAGES = ['src/locales/zh.js', 'src/locales/en.js'] as const
const KEYS = 'src/locales/keys.js'
/** Between two keys, and between two texts: no key or text contains it. */
const KEY_END = '|'
const TEXT_END = '\t'

interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [key: string]: unknown
}

/** The object of a language's texts in its file. */
export interface FoundTexts {
  readonly start: number
  readonly end: number
  readonly texts: ReadonlyMap<string, string>
}

export function messageKeys({ platform }: { readonly platform: string | undefined }): Plugin {
  return {
    name: 'rtm:message-keys',
    enforce: 'post',
    generateBundle: {
      // After the code has been made smaller.
      order: 'post',
      handler(_options, bundle) {
        if (platform !== 'mp-weixin') return
        const files = LANGUAGES.flatMap((name) => {
          const file = bundle[name]
          return file?.type === 'chunk' ? [file] : []
        })
        if (files.length !== LANGUAGES.length) return
        const keys = shareKeys(files)
        this.emitFile({ type: 'asset', fileName: KEYS, source: keys })
      },
    },
  }
}

/**
 * Replaces the texts in the files of all languages. Returns the file of the keys.
 * @throws Error if a file has no texts, or other keys than the first one
 */
export function shareKeys(files: readonly Pick<Rollup.OutputChunk, 'fileName' | 'code'>[]): string {
  const found = files.map(({ fileName, code }) => findTexts(code) ?? fail(`${fileName} has no texts`))
  const keys = [...(found[0]?.texts.keys() ?? [])]
  files.forEach((file, index) => {
    const { start, end, texts } = found[index] ?? fail('no texts')
    if (texts.size !== keys.length) fail(`${file.fileName} has ${texts.size} texts, not ${keys.length}`)
    const list = keys.map((key) => texts.get(key) ?? fail(`${file.fileName} has no text ${key}`))
    const odd = [...list.filter((text) => text.includes(TEXT_END)), ...keys.filter((key) => key.includes(KEY_END))]
    if (odd.length > 0) fail(`${file.fileName}: ${JSON.stringify(odd[0])} has a character that separates texts`)
    ;(file as { code: string }).code = `${file.code.slice(0, start)}require("./keys.js")(${JSON.stringify(list.join(TEXT_END))})${file.code.slice(end)}`
  })
  return `"use strict";const k=${JSON.stringify(keys.join(KEY_END))}.split("${KEY_END}");module.exports=t=>{const o={};return t.split("\\t").forEach((v,i)=>{o[k[i]]=v}),o};\n`
}

/** The largest object of the file with nothing but texts. */
function findTexts(code: string): FoundTexts | undefined {
  let best: FoundTexts | undefined
  const visit = (node: Node): void => {
    if (node.type === 'ObjectExpression') {
      const texts = textsOf(node)
      if (texts && texts.size > (best?.texts.size ?? 0)) best = { start: node.start, end: node.end, texts }
    }
    for (const value of Object.values(node)) for (const child of Array.isArray(value) ? (value as unknown[]) : [value]) if (isNode(child)) visit(child)
  }
  visit(parseAst(code) as unknown as Node)
  return best
}

function textsOf({ properties }: Node): ReadonlyMap<string, string> | undefined {
  const texts = new Map<string, string>()
  for (const { type, key, value } of properties as { type: string; key: Node; value: Node }[]) {
    const name = key?.type === 'Literal' ? key.value : key?.name
    const text = value?.type === 'TemplateLiteral' ? templateText(value) : value?.value
    if (type !== 'Property' || typeof name !== 'string' || typeof text !== 'string') return undefined
    texts.set(name, text)
  }
  return texts
}

/** The text of a template without expressions. */
function templateText({ quasis }: Node): string | undefined {
  const [first, second] = quasis as { value: { cooked: string } }[]
  return second ? undefined : first?.value.cooked
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
}

function fail(message: string): never {
  throw new Error(message)
}
