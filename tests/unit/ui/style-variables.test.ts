import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

/** Set by uni-app on H5. */
const OF_UNI_APP = ['--window-top', '--window-bottom']

it('every variable of a style is set somewhere: without a value its rule does something else', () => {
  const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => /\.(vue|scss|ts)$/.test(name))
  const files = [...sources.map((name) => `src/${name}`), 'App.vue'].map((name) => ({ name, source: readFileSync(name, 'utf8') }))
  const isSet = new Set([...OF_UNI_APP, ...files.flatMap(({ source }) => [...source.matchAll(/(?<!var\()(--[a-z-]+)/g)].map(([, variable]) => variable))])
  const missing = files.flatMap(({ name, source }) => [...source.matchAll(/var\((--[a-z-]+)/g)].filter(([, variable]) => !isSet.has(variable)).map(([, variable]) => `${name}: ${variable}`))
  expect(isSet.size).toBeGreaterThan(20)
  expect(missing).toEqual([])
})
