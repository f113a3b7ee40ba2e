// A kind of message that a team adds: examples/order-card, by the steps of docs/EXTENDING.md. No other file of the program is changed.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startInNode } from '../../simulator/drive/driver'
import { NEUTRAL_SETTINGS } from '../../scripts/test/builds'
import { commandsIn } from '../support/commands'
import { copyProject } from '../support/project-copy'
import { useNetwork } from './network'
import { logIn, texts } from './people'

const root = fileURLToPath(new URL('../..', import.meta.url))
const copy = realpathSync(mkdtempSync(path.join(tmpdir(), 'order-card-')))
const dist = path.join(copy, 'dist/build/mp-weixin')
const { run, endAll } = commandsIn(copy)
const steps = readFileSync(path.join(root, 'docs/EXTENDING.md'), 'utf8')

const network = useNetwork(startInNode)

/** The code of the document that begins with `start`. */
function code(start: string): string {
  const found = [...steps.matchAll(/^```\w+\n([^]*?\n)```$/gm)].map(([, text = '']) => text).find((text) => text.startsWith(start))
  if (found === undefined) throw new Error(`EXTENDING.md has no code that begins with ${start}`)
  return found
}

beforeAll(async () => {
  copyProject(root, copy)
  mkdirSync(path.join(copy, 'src/kinds/own'))
  cpSync(path.join(root, 'examples/order-card'), path.join(copy, 'src/kinds/own/order-card'), { recursive: true })
  writeFileSync(path.join(copy, 'src/kinds/own.ts'), code("import { orderCard }"))
  writeFileSync(path.join(copy, 'src/ui/thread/own-actions.ts'), code('import { toast }'))
  const pages = path.join(copy, 'pages.json')
  writeFileSync(pages, readFileSync(pages, 'utf8').replace(/("path": "src\/pages\/storage\/storage".*)$/m, (line) => `${line},\n    ${code('{ "path"').trim()}`))
  const building = run(process.execPath, ['scripts/uni.mjs', 'build', '-p', 'mp-weixin'], { ...NEUTRAL_SETTINGS, UNI_OUTPUT_DIR: dist })
  expect(await building.exit, building.text()).toBe(0)
}, 240_000)

afterAll(async () => {
  await endAll()
  rmSync(copy, { recursive: true, force: true })
})

it('passes the contract suite, its own test and the type check', { timeout: 240_000 }, async () => {
  for (const command of [['node_modules/vitest/vitest.mjs', 'run', '--project', 'node', 'tests/unit/kinds', 'tests/unit/platform/pages.test.ts', 'tests/unit/lint/unused-exports.test.ts', 'src/kinds/own'], ['node_modules/vue-tsc/bin/vue-tsc.js', '--noEmit'], ['node_modules/eslint/bin/eslint.js', 'src/kinds', 'src/ui/thread']]) {
    const running = run(process.execPath, command)
    expect(await running.exit, running.text()).toBe(0)
  }
})

it('is received, drawn, tapped, kept over a restart, and shown in the list', async () => {
  const alice = await network.phone({ dist })
  await logIn(alice, 'alice')
  const shop = await network.client('shop')
  const order = (fields: object) => network.until(shop.ask({ t: 'peer', to: 'alice', text: JSON.stringify({ v: 1, kind: 'order-card', ...fields }) }))
  await order({ id: 'o1', number: 'A-1', state: 'paid', amount: 26_800 })
  await order({ id: 'o2', number: 'A-2', state: 'lost', amount: 1 })
  await order({ id: 'o3', number: 'A-3', state: 'shipped', amount: 1_250, again: true })
  await order({ id: 'o3', number: 'A-4', state: 'shipped', amount: 1, again: true })

  await alice.waitForText('conversation-preview', '[订单] A-3')
  await alice.waitForText('conversation-unread', '3')
  await alice.tap('conversation-row', { id: 'peer:shop' })
  await alice.waitForCount('message-order', 2)
  const shown = async () => [(await alice.all('message-order')).map(({ text }) => text), await texts(alice)]
  const expected = [['订单 A-1已付款¥ 268.00', '订单 A-3已发货¥ 12.50'], ['[暂不支持的消息，请升级后查看]']]
  expect(await shown()).toEqual(expected)
  await alice.longPress('message-order')
  await alice.waitForCount('message-menu', 1)
  expect((await alice.all('menu-action')).map(({ text }) => text)).toContain('订单状态')
  await alice.tap('message-menu-close')
  await alice.waitForCount('message-menu', 0)
  await alice.tap('message-order')
  await alice.waitForRoute('src/kinds/own/order-card/page')
  await alice.waitForText('order-page', '订单 A-1')

  await alice.restart()
  await alice.waitForCount('conversation-row', 1)
  await alice.waitForText('conversation-preview', '[订单] A-3')
  await alice.tap('conversation-row', { id: 'peer:shop' })
  await alice.waitForCount('message-order', 2)
  expect(await shown()).toEqual(expected)
  expect(await alice.problems()).toEqual([])
})
