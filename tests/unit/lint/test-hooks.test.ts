import { describe, expect, it } from 'vitest'
import { messagesOf } from './lint'

const messages = (template: string) =>
  messagesOf('rtm/test-hooks', 'src/pages/x/x.vue', `<script setup lang="ts">\nconst hook = 'x'\n</script>\n<template>${template}</template>\n`)

describe('the test hook rule', () => {
  it.each(['view', 'text', 'input', 'textarea', 'button', 'image', 'scroll-view', 'div'])('allows a hook on <%s>', async (tag) => {
    expect(await messages(`<${tag} data-testid="x" />`)).toEqual([])
    expect(await messages(`<view><${tag} :data-testid="hook" /></view>`)).toEqual([])
  })

  it.each(['MessageList', 'message-list', 'AppAvatar', 'component', 'slot', 'span'])('reports a hook on <%s>', async (tag) => {
    const expected = [`data-testid may not stand on <${tag}>: put it on a native tag (view, text, button, ...) inside it.`]
    expect(await messages(`<view><${tag} data-testid="x" /></view>`)).toEqual(expected)
    expect(await messages(`<view><${tag} :data-testid="hook" /></view>`)).toEqual(expected)
    expect(await messages(`<view><${tag} v-bind:data-testid="hook" /></view>`)).toEqual(expected)
  })

  it('ignores other attributes of components', async () => {
    expect(await messages('<MessageList :chunk-id="hook" data-id="a" @click="hook" />')).toEqual([])
  })
})
