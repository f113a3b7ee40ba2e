// A kind of message that a team adds: its folder and two lines of the registry, and nothing else of the program is changed.
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
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
const copy = realpathSync(mkdtempSync(path.join(tmpdir(), 'sample-kind-')))
const dist = path.join(copy, 'dist/build/mp-weixin')
const { run, endAll } = commandsIn(copy)

const network = useNetwork(startInNode)

beforeAll(async () => {
  copyProject(root, copy)
  cpSync(path.join(root, 'tests/miniprogram/sample-kind'), path.join(copy, 'src/kinds/dice'), { recursive: true })
  const registry = path.join(copy, 'src/kinds/registry.ts')
  const withDice = readFileSync(registry, 'utf8')
    .replace(/^(import \{ unsupported \}.*)$/m, `$1\nimport { dice } from './dice/spec'`)
    .replace('notice, unsupported }', 'notice, unsupported, dice }')
  writeFileSync(registry, withDice)
  const building = run(process.execPath, ['scripts/uni.mjs', 'build', '-p', 'mp-weixin'], { ...NEUTRAL_SETTINGS, UNI_OUTPUT_DIR: dist })
  expect(await building.exit, building.text()).toBe(0)
}, 240_000)

afterAll(async () => {
  await endAll()
  rmSync(copy, { recursive: true, force: true })
})

it('is received, drawn, tapped, kept over a restart, and shown in the list', async () => {
  const alice = await network.phone({ dist })
  await logIn(alice, 'alice')
  const bob = await network.client('bob')
  const roll = (fields: object) => network.until(bob.ask({ t: 'peer', to: 'alice', text: JSON.stringify({ v: 1, kind: 'dice', ...fields }) }))
  await roll({ id: 'd1', eyes: 6 })
  await roll({ id: 'd2', eyes: 7 })
  await roll({ id: 'd3', eyes: 2, again: true })
  await roll({ id: 'd3', eyes: 3, again: true })

  await alice.waitForText('conversation-preview', '[🎲] 2')
  await alice.waitForText('conversation-unread', '3')
  await alice.tap('conversation-row', { id: 'peer:bob' })
  await alice.waitForCount('message-dice', 2)
  const shown = async () => [(await alice.all('message-dice')).map(({ text }) => text), await texts(alice)]
  const expected = [['⚅', '⚁'], ['[暂不支持的消息，请升级后查看]']]
  expect(await shown()).toEqual(expected)
  await alice.tap('message-dice')
  await alice.waitFor('what the tap does', async () => (await alice.dialogs()).some(({ options }) => options.title === '🎲 6'))

  await alice.restart()
  await alice.waitForCount('conversation-row', 1)
  await alice.waitForText('conversation-preview', '[🎲] 2')
  await alice.tap('conversation-row', { id: 'peer:bob' })
  await alice.waitForCount('message-dice', 2)
  expect(await shown()).toEqual(expected)
})
