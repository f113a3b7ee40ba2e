/** The tags that WeChat itself knows, as far as this harness has them. An unknown one is an error of the build or a gap here. */

/** The inner markup of those that are components; `#n` is what the host talks to. */
export const BUILTIN_TEMPLATES: Readonly<Record<string, string>> = {
  input: '<mp-input id="n"/>',
  textarea: '<mp-textarea id="n"/>',
  image: '<mp-img id="n"/>',
  'scroll-view': '<slot/>',
  button: '<slot/>',
  navigator: '<slot/>',
  form: '<slot/>',
  label: '<slot/>',
  icon: '',
  switch: '',
  'rich-text': '',
  'root-portal': '<slot/>',
  'page-meta': '<slot/>',
}

/**
 * What WeChat reads beside `aria-role`: https://developers.weixin.qq.com/miniprogram/dev/component/aria-component.html. `role` and `tabindex`
 * mean nothing to it.
 */
export const ARIA_ATTRIBUTES: readonly string[] = [
  'activedescendant', 'atomic', 'autocomplete', 'busy', 'checked', 'colcount', 'colindex', 'colspan', 'controls', 'current', 'describedby', 'details',
  'disabled', 'dropeffect', 'errormessage', 'expanded', 'flowto', 'grabbed', 'haspopup', 'hidden', 'invalid', 'keyshortcuts', 'label', 'labelledby',
  'level', 'live', 'modal', 'multiline', 'multiselectable', 'orientation', 'owns', 'placeholder', 'posinset', 'pressed', 'readonly', 'relevant',
  'required', 'roledescription', 'rowcount', 'rowindex', 'rowspan', 'selected', 'setsize', 'sort', 'valuemax', 'valuemin', 'valuenow', 'valuetext',
].map((name) => `aria-${name}`)

/** Whether `name` tells a screen reader something elsewhere and nothing in WeChat. */
export function isUnread(name: string): boolean {
  return name === 'role' || name === 'tabindex' || (name.startsWith('aria-') && name !== 'aria-role' && !ARIA_ATTRIBUTES.includes(name))
}

const PLAIN_TAGS = new Set(['view', 'text'])
const SYNTAX_TAGS = new Set(['block', 'slot', 'template', 'import', 'include', 'wxs'])

/** Whether the tag is drawn, and so gets the prefix `wx-`. */
export function isNativeTag(tag: string): boolean {
  return PLAIN_TAGS.has(tag) || Object.hasOwn(BUILTIN_TEMPLATES, tag)
}

export function isBuiltinTag(tag: string): boolean {
  return isNativeTag(tag) || SYNTAX_TAGS.has(tag)
}
