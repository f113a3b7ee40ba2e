import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** Width, height and colour type of a PNG file, from its first chunk. */
function header(file: string) {
  const png = readFileSync(`${root}/${file}`)
  expect(png.subarray(1, 4).toString()).toBe('PNG')
  return { width: png.readUInt32BE(16), height: png.readUInt32BE(20), bytes: png.length }
}

describe('the images', () => {
  const { tabBar } = JSON.parse(readFileSync(`${root}/pages.json`, 'utf8')) as { tabBar: { list: { iconPath: string; selectedIconPath: string }[] } }
  const tabs = tabBar.list.flatMap(({ iconPath, selectedIconPath }) => [iconPath, selectedIconPath])

  it.each(tabs)('%s is a tab icon that WeChat accepts: 81 x 81 px, at most 40 KB', (file) => {
    const { width, height, bytes } = header(file)
    expect([width, height]).toEqual([81, 81])
    expect(bytes).toBeLessThan(40 * 1024)
  })

  it('are all small PNG files, without drawings beside them that would be packed too', () => {
    const files = readdirSync(`${root}/static`, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    expect(files.filter(({ name }) => !name.endsWith('.png'))).toEqual([])
    expect(header('static/logo.png')).toMatchObject({ width: 240, height: 240 })
    expect(header('static/empty.png').bytes).toBeLessThanOrEqual(12 * 1024)
  })
})
