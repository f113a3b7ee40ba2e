import { createShadowImageUrl } from '@dcloudio/uni-cli-shared'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, it } from 'vitest'
import { textAsGiven, withoutForeignPictures } from '../../../scripts/vite/uni-app'

it('leaves no picture in a style that is fetched from the server of uni-app’s maker', () => {
  const { transform } = withoutForeignPictures() as { transform: (code: string, id: string) => { code: string } | undefined }
  const style = (url: string) => `.uni-page-head-shadow-grey::after { background-image: url('${url}'); }`
  for (const isInternational of [false, true]) {
    expect(transform(style(createShadowImageUrl(0, 'grey', isInternational)), 'page-head.css')?.code).toBe('.uni-page-head-shadow-grey::after { background-image: none; }')
  }
  expect(transform(style('/static/own.png'), 'page-head.css')).toBeUndefined()
})

it('lets the <text> of H5 show what it is given, and refuses a version of uni-app that it does not know', () => {
  const file = createRequire(import.meta.url).resolve('@dcloudio/uni-h5/dist/uni-h5.es.js')
  const refusals: string[] = []
  const context = { error: (message: string) => void refusals.push(message) }
  const transform = (code: string, id: string) => (textAsGiven() as unknown as { transform: (code: string, id: string) => { code: string } | undefined }).transform.call(context, code, id)
  const code = transform(readFileSync(file, 'utf8'), file)?.code ?? ''
  const [, parameter, body] = /function parseText\((\w+), \w+\) \{([^}]*)\}/.exec(code) ?? []
  expect(body?.trim()).toBe(`return [${parameter}]`)
  expect(refusals).toEqual([])
  expect(transform('function parseText() {}', '/other.js')).toBeUndefined()
  transform('function readText() {}', file)
  expect(refusals).toHaveLength(1)
})
