/** WeChat's own tags, as far as the simulator has them. An unknown tag is an error in the build, or a tag that is missing here. */

/** The inner markup of the tags that are components. The host finds the part it needs by `#n`. */
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
 * The attributes that WeChat reads besides `aria-role`: https://developers.weixin.qq.com/miniprogram/dev/component/aria-component.html. WeChat ignores `role`
 * and `tabindex`.
 */
export const ARIA_ATTRIBUTES: readonly string[] = [
  'activedescendant', 'atomic', 'autocomplete', 'busy', 'checked', 'colcount', 'colindex', 'colspan', 'controls', 'current', 'describedby', 'details',
  'disabled', 'dropeffect', 'errormessage', 'expanded', 'flowto', 'grabbed', 'haspopup', 'hidden', 'invalid', 'keyshortcuts', 'label', 'labelledby',
  'level', 'live', 'modal', 'multiline', 'multiselectable', 'orientation', 'owns', 'placeholder', 'posinset', 'pressed', 'readonly', 'relevant',
  'required', 'roledescription', 'rowcount', 'rowindex', 'rowspan', 'selected', 'setsize', 'sort', 'valuemax', 'valuemin', 'valuenow', 'valuetext',
].map((name) => `aria-${name}`)

/** Whether screen readers use the attribute `name` elsewhere, but WeChat ignores it. */
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
