import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { unusedExports } from '../../../scripts/lint/unused-exports'

/** Used by files that the check does not read. */
const USED_ELSEWHERE: readonly string[] = [
  // Tests step the time.
  'src/chat/time/clock.ts: setClock',
  // scripts/vite/page-head.ts bundles them into the head of the page.
  'src/platform/blocked-storage.ts: replaceBlockedStorage',
  'src/platform/chosen-theme.ts: showChosenTheme',
  'src/platform/folder-address.ts: addMissingSlash',
  // An app that this client is built into calls it (docs/AGORA.md).
  'src/platform/request.ts: setTokenHeaders',
  'src/platform/uploader.ts: setUploader',
]

/** The type of a composable's result: for components that pass the result on. */
const RESULT_TYPE = /^src\/(?:more\/)?ui\/.*\/use(\w+)\.ts: Use\1Return$/

/** The view of a kind, which scripts/vite/kind-views.ts gathers, and the samples of a team's kind for the contract suite. */
const VIEW = /^src\/kinds\/.+\/(?:view\.ts: view|samples\.ts: samples)$/

const root = fileURLToPath(new URL('../../..', import.meta.url))

function sources(...folders: string[]): Record<string, string> {
  const inFolders = folders.flatMap((folder) => fs.readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name.split(path.sep).join('/')}`))
  const files = ['App.vue', 'main.ts', 'vite.config.ts', ...inFolders].filter((file) => /\.(ts|vue)$/.test(file) && !file.endsWith('.d.ts'))
  return Object.fromEntries(files.map((file) => [file, fs.readFileSync(path.join(root, file), 'utf8')]))
}

it('finds exports that no other file imports and their own does not use', () => {
  const files = {
    'src/a.ts': 'export const one = 1, two = 2\nexport interface Shape { readonly two: number }\nexport function three(shape: Shape) { return shape }\nexport class Four {}\nexport type Five = 5',
    'src/b.ts': "import { three, type Five as Named } from './a'\nexport * as all from './c'\nexport { Four as Six } from './a'",
    'src/c.ts': 'export const seven = 7',
    'src/d/index.ts': "export type { Named } from '@/src/e'",
    'src/e.ts': 'export interface Named {}\nexport const only = 1',
    'src/f.ts': 'export const late = 1',
    'src/G.vue': "<script setup lang=\"ts\">\nimport { Six } from './b'\nimport type { Named } from './d'\nvoid import('./f')\n</script>\n<template><view>one two</view></template>",
  }
  expect(unusedExports(files)).toEqual(['src/a.ts: one', 'src/a.ts: two', 'src/e.ts: only'])
})

it('finds no unused export in src/ and gateway/', () => {
  const isChecked = (name: string) => /^(src|gateway)\//.test(name) && !RESULT_TYPE.test(name) && !VIEW.test(name)
  expect(unusedExports(sources('src', 'gateway', 'scripts')).filter(isChecked)).toEqual(USED_ELSEWHERE)
})
