import { describe, expect, it } from 'vitest'
import { namedByApp, namedByHtml, type ReadBuilt } from '../../../scripts/vite/named-files'

const built = (files: Readonly<Record<string, unknown>>): ReadBuilt => (file) => (file in files ? (typeof files[file] === 'string' ? files[file] : JSON.stringify(files[file])) : undefined)

describe('namedByApp', () => {
  it('has the three files of each page, of subpackages and of components', () => {
    const app = { pages: ['pages/a/a'], subPackages: [{ root: 'more/', pages: ['b/b'] }], usingComponents: { card: '/parts/card', other: 'plugin://maker/other' } }
    expect(namedByApp(built({ 'app.json': app }))).toEqual(
      ['pages/a/a', 'more/b/b', 'parts/card'].flatMap((piece) => [`${piece}.js`, `${piece}.json`, `${piece}.wxml`]),
    )
    expect(namedByApp(built({ 'app.json': { subpackages: [{ root: 'x', pages: ['y'] }] } }))).toContain('x/y.wxml')
  })

  it('has icons, those of both themes, and the files of themes and of the site map', () => {
    const tabBar = { custom: true, list: [{ iconPath: '/static/a.png', selectedIconPath: '@chosen' }, {}] }
    const app = { tabBar, themeLocation: 'theme.json', sitemapLocation: 'sitemap.json' }
    const theme = { light: { chosen: 'static/light.png' }, dark: { chosen: './static/dark.png' } }
    expect(namedByApp(built({ 'app.json': app, 'theme.json': theme }))).toEqual([
      ...['js', 'json', 'wxml'].map((extension) => `custom-tab-bar/index.${extension}`),
      'static/a.png',
      'static/light.png',
      'static/dark.png',
      'theme.json',
      'sitemap.json',
    ])
  })

  it('has none without app.json', () => expect(namedByApp(built({}))).toEqual([]))
})

describe('namedByHtml', () => {
  const html = (text: string, base = './') => namedByHtml(built({ 'index.html': text }), base)

  it('has scripts, styles and images of the own site', () => {
    expect(html(`<script type="module" crossorigin src="./assets/a.js?v=1"></script><link rel='icon' href='/static/logo%20one.png'><img alt="" src = "b.png#x">`)).toEqual(['assets/a.js', 'static/logo one.png', 'b.png'])
    expect(html('<link href="/chat/assets/a.css">', '/chat/')).toEqual(['assets/a.css'])
  })

  it('has no links, other sites and data', () => {
    expect(html('<a href="/page"></a><link href="https://example.com/a.css"><img src="//cdn.example.com/b.png"><img src="data:image/png;base64,AA"><img src="#x"><img src=""><p data-src="c.png">')).toEqual([])
    expect(namedByHtml(built({}), './')).toEqual([])
  })
})
