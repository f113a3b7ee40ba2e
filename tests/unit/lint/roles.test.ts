import { describe, expect, it } from 'vitest'
import { messagesOf } from './lint'

const template = (html: string) => messagesOf('rtm/roles', 'src/pages/x/x.vue', `<script setup lang="ts">\nconst x = 'x'\n</script>\n<template>${html}</template>\n`)
const untold = (tag: string) => [`<${tag}> is tapped: give it the role of a control (button, tab, link, switch, option), or role="presentation" where a control beside it does the same.`]

describe('the role rule', () => {
  it.each(['aria-role="button"', ':aria-role="x"', 'v-bind:aria-role="x"'])('reports %s: sources write role', async (attribute) => {
    expect(await template(`<view ${attribute} />`)).toEqual(['Write role: the build makes aria-role of it where that is read.'])
  })

  it.each(['tabindex="0"', ':tabindex="x"'])('reports %s, which follows from the role', async (attribute) => {
    expect(await template(`<view ${attribute} />`)).toEqual(['Write role: the build makes tabindex of it where that is read.'])
  })

  it.each(['@tap="x"', '@tap.stop="x"', '@click="x"', '@longpress="x"', 'v-on:tap="x"'])('reports an element that handles %s and is not a control', async (listener) => {
    for (const tag of ['view', 'text', 'image', 'div']) expect(await template(`<${tag} ${listener} />`)).toEqual(untold(tag))
    for (const role of ['status', 'heading', 'img']) expect(await template(`<view role="${role}" ${listener} />`)).toEqual(untold('view'))
  })

  it('allows controls, elements with a control inside, and elements beside a control that does the same', async () => {
    for (const role of ['button', 'tab', 'link', 'article', 'presentation']) expect(await template(`<view role="${role}" @tap="x" />`)).toEqual([])
    expect(await template('<view role="status" @tap="x"><text>a</text><view><text role="button">b</text></view></view>')).toEqual([])
  })

  it('ignores components and other events', async () => {
    expect(await template('<ConversationRow @tap="x" /><view @touchstart="x" /><view role="log" aria-live="off" />')).toEqual([])
  })
})
