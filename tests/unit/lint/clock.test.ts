import { describe, expect, it } from 'vitest'
import { messagesOf } from './lint'

const RULES = ['no-restricted-globals', 'no-restricted-properties', 'no-restricted-syntax']
const problems = async (file: string, code: string) => (await Promise.all(RULES.map((rule) => messagesOf(rule, file, code)))).flat()
const script = (code: string) => `<script setup lang="ts">\n${code}\n</script>\n<template><view /></template>\n`

const USES = [
  'Date.now()',
  'new Date()',
  'performance.now()',
  'setTimeout(() => {}, 1)',
  'setInterval(() => {}, 1)',
  'clearTimeout(1)',
  'clearInterval(1)',
  'window.setTimeout(() => {}, 1)',
  'globalThis.clearTimeout(1)',
]

describe('the time', () => {
  it.each(USES)('is not read or waited for by %s outside the clock', async (use) => {
    for (const file of ['src/storage/a.ts', 'src/rtm/agora/a.ts', 'src/platform/a.ts', 'gateway/a.ts', 'main.ts']) expect(await problems(file, use), file).toHaveLength(1)
    expect(await problems('src/ui/x/A.vue', script(use))).toHaveLength(1)
  })

  it('is read by the clocks themselves', async () => {
    for (const file of ['src/chat/time/clock.ts', 'gateway/clock.ts']) expect(await problems(file, USES.join('\n')), file).toEqual([])
  })

  it('of a message is made a date', async () => {
    expect(await problems('src/ui/x/a.ts', 'new Date(0)')).toEqual([])
  })
})

describe('a test', () => {
  const SLEEPS = [
    'await new Promise((resolve) => setTimeout(resolve, 5))',
    'await new Promise<void>((resolve) => void setTimeout(() => resolve(), 5))',
    'await page.waitForTimeout(5)',
    "import { setTimeout as sleep } from 'node:timers/promises'",
  ]
  const found = async (file: string, code: string) => (await Promise.all(['no-restricted-imports', 'no-restricted-syntax'].map((rule) => messagesOf(rule, file, code)))).flat()

  it.each(SLEEPS)('does not sleep by %s', async (sleep) => {
    expect(await found('tests/unit/a.test.ts', sleep)).toHaveLength(1)
  })

  it('may wait for the next task, and set a timer', async () => {
    expect(await found('tests/unit/a.test.ts', "import { setImmediate } from 'node:timers/promises'\nsetTimeout(() => {}, 5)")).toEqual([])
  })
})
