/**
 * Makes a PNG of the phone without asking for the screen: copies its document into the `foreignObject` of an SVG and draws that. The browser lays the copy
 * out again, so a fraction of a pixel may differ.
 */

/** At twice the size of `phone`. */
const SCALE = 2

export async function drawScreen(phone: HTMLElement): Promise<Blob> {
  const { offsetWidth: width, offsetHeight: height } = phone
  const copy = phone.cloneNode(true) as HTMLElement
  copyState(phone, copy)
  const body = document.createElement('body')
  body.append(copy)
  const css = Array.from(document.styleSheets, (sheet) => Array.from(sheet.cssRules, (rule) => rule.cssText).join('\n')).join('\n')
  const style = document.createElement('style')
  style.textContent = `${css}\n#phone { position: fixed; inset: 0 }`
  body.prepend(style)
  const html = new XMLSerializer().serializeToString(body)
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><foreignObject width="100%" height="100%">${html}</foreignObject></svg>`
  const image = new Image()
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`
  await image.decode()
  const canvas = new OffscreenCanvas(width * SCALE, height * SCALE)
  const context = canvas.getContext('2d')
  if (!context) throw new Error('this browser draws no pictures')
  context.scale(SCALE, SCALE)
  context.drawImage(image, 0, 0)
  return canvas.convertToBlob({ type: 'image/png' })
}

/** State that a copy of elements lacks: scroll positions and the text of fields. */
function copyState(from: Element, to: Element): void {
  if (from instanceof HTMLInputElement) to.setAttribute('value', from.value)
  if (from instanceof HTMLTextAreaElement) to.textContent = from.value
  Array.from(from.children).forEach((child, index) => {
    const copied = to.children[index]
    if (copied) copyState(child, copied)
  })
  if (from.scrollTop === 0 && from.scrollLeft === 0) return
  for (const child of Array.from(to.children)) (child as HTMLElement).style.translate = `${-from.scrollLeft}px ${-from.scrollTop}px`
}
