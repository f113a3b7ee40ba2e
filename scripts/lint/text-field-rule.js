// Every text field is read through `useTextField`: on submit its value is the field's current text, not that of the last event, and input methods, long
// pastes and keyboards are handled in one place (docs/ARCHITECTURE.md). So an <input> or <textarea> binds the view from `useTextField`, all of it from one
// object, and no code reads `detail.value` itself.

const FIELD_TAGS = new Set(['input', 'textarea'])
const BINDINGS = [
  ['bind', 'value', 'given'],
  ['on', 'input', 'input'],
  ['on', 'confirm', 'confirm'],
]
const HOME = 'src/ui/shared/useTextField.ts'

/** @type {import('eslint').Rule.RuleModule} */
export default {
  meta: {
    type: 'problem',
    docs: { description: 'read text fields through useTextField' },
    schema: [],
    messages: {
      name: '<{{tag}}> needs a data-field that names it, as useTextField knows it.',
      binding: '<{{tag}}> must bind {{wanted}} of one object, the view that useTextField gives.',
      model: 'v-model goes round useTextField: bind its view to <{{tag}}>.',
      tag: '<{{tag}}> is a text field that useTextField does not know: use <input> or <textarea>.',
      detail: 'Read a field through useTextField, not from the event.',
    },
  },
  create(context) {
    const script = context.filename.endsWith(HOME) ? {} : { MemberExpression: (node) => isDetailValue(node) && context.report({ node, messageId: 'detail' }) }
    const template = {
      VElement(element) {
        const tag = element.rawName
        if (tag === 'editor') context.report({ node: element, messageId: 'tag', data: { tag } })
        if (!FIELD_TAGS.has(tag)) return
        const { attributes } = element.startTag
        const report = (messageId, data) => context.report({ node: element, messageId, data: { tag, ...data } })
        if (!attributes.some(({ directive, key, value }) => !directive && key.rawName === 'data-field' && value?.value)) report('name')
        if (attributes.some(({ directive, key }) => directive && key.name.name === 'model')) report('model')
        const views = BINDINGS.map(([directive, argument, member]) => viewOf(attributes, directive, argument, member))
        if (views.some((view) => view === undefined || view !== views[0])) report('binding', { wanted: ':value="view.given", @input="view.input" and @confirm="view.confirm"' })
      },
      ...script,
    }
    return context.sourceCode.parserServices.defineTemplateBodyVisitor?.(template, script) ?? script
  },
}

/** The `x` of `:argument="x.member"` or `@argument="x.member"`. Undefined for any other binding, or none. */
function viewOf(attributes, directive, argument, member) {
  const found = attributes.filter(({ directive: isDirective, key }) => isDirective && key.name.name === directive && key.argument?.name === argument)
  const expression = found.length === 1 && found[0].key.modifiers.length === 0 ? found[0].value?.expression : undefined
  if (expression?.type !== 'MemberExpression' || expression.computed || expression.property.name !== member) return undefined
  return expression.object.type === 'Identifier' ? expression.object.name : undefined
}

/** `….detail.value`, also with `?.`. */
function isDetailValue({ object, property, computed }) {
  return !computed && property.name === 'value' && object.type === 'MemberExpression' && object.property.name === 'detail'
}
