// Sources write `role` once, and the build turns it into the attribute of each platform (scripts/vite/accessibility.ts): `aria-role` would be lost on H5. An
// element that handles taps is a control, so that keyboards and screen readers find it, or contains the control whose taps it handles.

/** Roles that a keyboard reaches and presses on H5. An `article` is a message: Enter opens its menu. The arrow keys move between the options of a `listbox`. */
const CONTROLS = new Set(['button', 'tab', 'link', 'switch', 'article', 'menuitem', 'option'])
const PRESSES = new Set(['tap', 'click', 'longpress'])

/** @type {import('eslint').Rule.RuleModule} */
export default {
  meta: {
    type: 'problem',
    docs: { description: 'give what is tapped a role, and write it as `role`' },
    schema: [],
    messages: {
      name: 'Write role: the build makes {{name}} of it where that is read.',
      control: '<{{tag}}> is tapped: give it the role of a control (button, tab, link, switch, option), or role="presentation" where a control beside it does the same.',
    },
  },
  create(context) {
    return context.sourceCode.parserServices.defineTemplateBodyVisitor?.({
      VAttribute(attribute) {
        const name = nameOf(attribute)
        if (name === 'aria-role' || name === 'tabindex') context.report({ node: attribute, messageId: 'name', data: { name } })
      },
      VElement(element) {
        const { attributes } = element.startTag
        // A component's own event is not a tap.
        if (/[A-Z]/.test(element.rawName) || element.rawName === 'a') return
        const isPressed = attributes.some(({ directive, key }) => directive && key.name.name === 'on' && PRESSES.has(key.argument?.name))
        if (isPressed && roleOf(element) !== 'presentation' && !holdsControl(element)) context.report({ node: element.startTag, messageId: 'control', data: { tag: element.rawName } })
      },
    }) ?? {}
  },
}

function holdsControl(element) {
  return element.type === 'VElement' && (CONTROLS.has(roleOf(element)) || element.children.some(holdsControl))
}

function roleOf({ startTag }) {
  return startTag.attributes.find(({ directive, key }) => !directive && key.rawName === 'role')?.value?.value
}

/** The attribute that a plain attribute or a binding sets. Undefined for other directives. */
function nameOf({ directive, key }) {
  if (!directive) return key.rawName
  return key.name.name === 'bind' && key.argument?.type === 'VIdentifier' ? key.argument.rawName : undefined
}
