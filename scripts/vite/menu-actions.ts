/**
 * Writes the actions and the quick reactions of a message's menu into the markup of MessageMenu.vue, in place of `<menu-actions>` and
 * `<quick-reactions>`.
 *
 * In the mini program a `v-for` would send some 50 bytes for each action when the menu opens: name, class, label and key. In the markup only the condition
 * and the label are data, some 20 bytes.
 */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Plugin } from 'vite'
import { babelParse } from 'vue/compiler-sfc'

const ACTIONS = 'src/ui/thread/message-actions.ts'
const REACTIONS = 'src/more/ui/menu/quick-reactions.ts'
const MENU = 'src/more/ui/menu/MessageMenu.vue'

type Statement = ReturnType<typeof babelParse>['program']['body'][number]
type Expression = Extract<Statement, { type: 'ExpressionStatement' }>['expression']

/** Returns the text of the module that is imported as `from`. */
type Load = (from: string) => string

/** What the markup has of an action. */
export interface MenuAction {
  readonly name: string
  /** The key of a text, or the words themselves by language. */
  readonly label: string | Readonly<Record<string, string>>
  readonly icon: string
  readonly isDangerous: boolean
}

/** A value, and the module that it is written in. */
interface Written {
  readonly module: string
  readonly value: Expression | undefined
}

/** The value of the constant `name`, which the module declares or imports. */
function constant(module: string, name: string, load: Load): Written {
  for (const statement of babelParse(module, { sourceType: 'module', plugins: ['typescript'] }).program.body) {
    const declared = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    if (declared?.type === 'VariableDeclaration') {
      for (const { id, init } of declared.declarations) {
        if (id.type === 'Identifier' && id.name === name) return { module, value: init?.type === 'TSSatisfiesExpression' ? init.expression : (init ?? undefined) }
      }
    }
    const isImported = statement.type === 'ImportDeclaration' && statement.specifiers.some(({ type, local }) => type === 'ImportSpecifier' && local.name === name)
    if (isImported) return constant(load(statement.source.value), name, load)
  }
  return { module, value: undefined }
}

function elementsOf(list: Expression | undefined): readonly (Expression | undefined)[] {
  if (list?.type !== 'ArrayExpression') throw new Error('this is no array')
  return list.elements.map((element) => (element && element.type !== 'SpreadElement' ? element : undefined))
}

/** The property `name` of an object. */
function propertyOf(object: Expression | undefined, name: string | undefined) {
  if (object?.type !== 'ObjectExpression') return undefined
  const isNamed = (key: { readonly type: string }) => (('name' in key && key.name) || ('value' in key && key.value)) === name
  const found = object.properties.find((property) => property.type === 'ObjectProperty' && !property.computed && isNamed(property.key))
  return found?.type === 'ObjectProperty' ? found.value : undefined
}

function valueOf(object: Expression | undefined, name: string): string | boolean | undefined {
  const value = propertyOf(object, name)
  return value?.type === 'StringLiteral' || value?.type === 'BooleanLiteral' ? value.value : undefined
}

/** The entries of the list `name`, with those of the lists that it spreads, such as OWN_ACTIONS. An entry is an object, or a constant that is imported. */
function entriesOf(from: string, name: string, load: Load): Written[] {
  const { module, value: list } = constant(from, name, load)
  if (list?.type !== 'ArrayExpression') throw new Error(`${ACTIONS}: ${name} is no array`)
  return list.elements.flatMap((element) => {
    if (element?.type !== 'SpreadElement') return element?.type === 'Identifier' ? constant(module, element.name, load) : { module, value: element ?? undefined }
    const { argument } = element
    if (argument.type !== 'Identifier') throw new Error(`${ACTIONS}: spread a list by its name`)
    return entriesOf(module, argument.name, load)
  })
}

/** The label of an entry in all languages: an object of texts, or the member of such a list of words. Undefined if it is the key of a text. */
function wordsOf({ module, value }: Written, load: Load): Readonly<Record<string, string>> | undefined {
  const label = propertyOf(value, 'label')
  let words = label?.type === 'ObjectExpression' ? label : undefined
  if (label?.type === 'MemberExpression' && label.object.type === 'Identifier') {
    const { property } = label
    const name = property.type === 'Identifier' && !label.computed ? property.name : property.type === 'StringLiteral' ? property.value : undefined
    const found = propertyOf(constant(module, label.object.name, load).value, name)
    words = found?.type === 'ObjectExpression' ? found : undefined
  }
  const [zh, en] = [valueOf(words, 'zh'), valueOf(words, 'en')]
  return typeof zh === 'string' && typeof en === 'string' ? { zh, en } : undefined
}

/**
 * Reads the entries of `ACTIONS`.
 * @throws Error if the build cannot see the name, label and icon of one: it does not run the program
 */
export function readActions(module: string, load: Load): MenuAction[] {
  return entriesOf(module, 'ACTIONS', load).map((entry) => {
    const text = (key: string) => {
      const value = valueOf(entry.value, key)
      if (typeof value !== 'string' || !/^[\w.-]+$/.test(value)) throw new Error(`${ACTIONS}: write each action as an object whose ${key} is a text`)
      return value
    }
    return { name: text('name'), label: wordsOf(entry, load) ?? text('label'), icon: text('icon'), isDangerous: valueOf(entry.value, 'isDangerous') === true }
  })
}

/** Reads the texts of `QUICK_REACTIONS`. */
export function readReactions(module: string): string[] {
  return elementsOf(constant(module, 'QUICK_REACTIONS', () => '').value).flatMap((element) => (element?.type === 'StringLiteral' ? element.value : []))
}

/** The argument of `t` in the markup. */
function argumentOf(label: MenuAction['label']): string {
  if (typeof label === 'string') return `'${label}'`
  const words = JSON.stringify(label)
  if (/\{\{|\}\}/.test(words)) throw new Error(`${ACTIONS}: ${words} would end the expression that it is part of`)
  return words
}

/** Returns MessageMenu.vue with its actions, their icons, and its quick reactions. */
export function withActions(menu: string, actions: readonly MenuAction[], reactions: readonly string[]): string {
  const written = {
    'menu-actions': actions.map(
      ({ name, label, icon, isDangerous }) =>
        `<div v-if="offers['${name}']" class="action icon-${icon}${isDangerous ? ' is-dangerous' : ''}" role="menuitem" hover-class="is-pressed" data-testid="menu-action" data-action="${name}">{{ t(${argumentOf(label)}) }}</div>`,
    ),
    'quick-reactions': reactions.map(
      (emoji) => `<div class="reaction" role="menuitem" hover-class="is-pressed" data-testid="reaction-pick" data-emoji="${emoji}">${emoji}</div>`,
    ),
  }
  const icons = [...new Set(actions.map(({ icon }) => icon))].map((icon) => `.icon-${icon}::before { @include icon('${icon}'); }\n`)
  const end = menu.lastIndexOf('</style>')
  return Object.entries(written).reduce(
    (markup, [slot, lines]) => {
      const parts = markup.split(new RegExp(`<${slot}\\b[^>]*/>`))
      if (parts.length !== 2) throw new Error(`${MENU} needs <${slot} /> once`)
      return parts.join(lines.join('\n'))
    },
    `${menu.slice(0, end)}${icons.join('')}${menu.slice(end)}`,
  )
}

/** MessageMenu.vue is known by the end of its path: a folder with a name that the builders would misread is built through a link. */
export function menuActions(): Plugin {
  return {
    name: 'rtm:menu-actions',
    enforce: 'pre',
    load(id) {
      if (!id.endsWith(`/${MENU}`)) return undefined
      const root = id.slice(0, -MENU.length)
      const read = (file: string) => {
        this.addWatchFile(file)
        return readFileSync(file, 'utf8')
      }
      const load = (from: string) => {
        const file = from.startsWith('@/') ? path.join(root, from.slice(2)) : path.join(root, path.dirname(ACTIONS), from)
        return read([`${file}.ts`, `${file}/index.ts`].find(existsSync) ?? file)
      }
      return withActions(read(id), readActions(read(`${root}${ACTIONS}`), load), readReactions(read(`${root}${REACTIONS}`)))
    },
  }
}
