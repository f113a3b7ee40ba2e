import { createShadowImageUrl } from '@dcloudio/uni-cli-shared'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { patchedUniApp, withoutForeignPictures } from '../../../scripts/vite/uni-app'

it('leaves no image in a style that is loaded from the server of uni-app’s maker', () => {
  const { transform } = withoutForeignPictures() as { transform: (code: string, id: string) => { code: string } | undefined }
  const style = (url: string) => `.uni-page-head-shadow-grey::after { background-image: url('${url}'); }`
  for (const isInternational of [false, true]) {
    expect(transform(style(createShadowImageUrl(0, 'grey', isInternational)), 'page-head.css')?.code).toBe('.uni-page-head-shadow-grey::after { background-image: none; }')
  }
  expect(transform(style('/static/own.png'), 'page-head.css')).toBeUndefined()
})

describe('uni-app for H5', () => {
  const file = createRequire(import.meta.url).resolve('@dcloudio/uni-h5/dist/uni-h5.es.js')
  const source = readFileSync(file, 'utf8')
  const refusals: string[] = []
  const transform = (code: string, id: string) =>
    (patchedUniApp() as unknown as { transform: (code: string, id: string) => { code: string } | undefined }).transform.call({ error: (message: string) => void refusals.push(message) }, code, id)?.code

  it('shows the text of a <text> unchanged', () => {
    const [, parameter, body] = /function parseText\((\w+), \w+\) \{([^}]*)\}/.exec(transform(source, file) ?? '') ?? []
    expect(body?.trim()).toBe(`return [${parameter}]`)
    expect(refusals).toEqual([])
  })

  it('has landmarks, a heading, and bars that a keyboard reaches', () => {
    const patched = transform(source, file) ?? ''
    expect(patched).toMatch(/createVNode\("uni-page-body", \{ "role": "main" \}/)
    for (const role of ['banner', 'heading', 'navigation', 'alert']) expect(patched).toContain(`"role": "${role}"`)
    expect(patched).toMatch(/"class": "uni-page-head-btn", "role": "button", "tabindex": "0"/)
    expect(patched).toMatch(/"class": "uni-tabbar__item", "role": "link", "tabindex": "0", "aria-current"/)
    expect(refusals).toEqual([])
  })

  it('rejects an unknown version, and changes no other file', () => {
    expect(transform('function parseText() {}', '/other.js')).toBeUndefined()
    transform(source.replace('"class": "uni-page-head__title"', '"class": "uni-head__title"'), file)
    expect(refusals).toEqual([expect.stringContaining('title is a heading')])
  })
})
