// A test hook (`data-testid`) on a component's own tag lands on the component's root element on H5 and on its host in the mini program, so one test would
// find two different elements. Hooks are allowed only on uni-app's native tags, where both agree, on `div`: a plain element on H5, a `view` in the mini
// program, and on `a`, the links of H5.

const NATIVE_TAGS = new Set([
  'view', 'div', 'a', 'text', 'scroll-view', 'swiper', 'swiper-item', 'movable-area', 'movable-view', 'cover-view', 'cover-image', 'icon', 'progress',
  'rich-text', 'button', 'checkbox', 'checkbox-group', 'editor', 'form', 'input', 'label', 'picker', 'picker-view', 'picker-view-column',
  'radio', 'radio-group', 'slider', 'switch', 'textarea', 'navigator', 'image', 'video', 'audio', 'camera', 'canvas', 'map', 'web-view',
])

/** @type {import('eslint').Rule.RuleModule} */
export default {
  meta: {
    type: 'problem',
    docs: { description: 'keep data-testid on native tags' },
    schema: [],
    messages: { native: 'data-testid may not stand on <{{tag}}>: put it on a native tag (view, text, button, ...) inside it.' },
  },
  create(context) {
    return context.sourceCode.parserServices.defineTemplateBodyVisitor?.({
      VAttribute(attribute) {
        if (attributeName(attribute) !== 'data-testid') return
        const tag = attribute.parent.parent.rawName
        if (!NATIVE_TAGS.has(tag)) context.report({ node: attribute, messageId: 'native', data: { tag } })
      },
    }) ?? {}
  },
}

/** The attribute that a plain attribute (`data-testid="x"`) or a binding (`:data-testid="x"`) sets. Undefined for other directives. */
function attributeName({ directive, key }) {
  if (!directive) return key.rawName
  return key.name.name === 'bind' && key.argument?.type === 'VIdentifier' ? key.argument.rawName : undefined
}
