import { describe, expect, it } from 'vitest'
import { messagesOf } from './lint'

const template = (html: string) => messagesOf('rtm/text-fields', 'src/pages/x/x.vue', `<script setup lang="ts">\nconst x = 'x'\n</script>\n<template>${html}</template>\n`)
const BOUND = ':value="uid.given" @input="uid.input" @confirm="uid.confirm"'

describe('the text field rule', () => {
  it.each(['input', 'textarea'])('allows <%s> to bind the view of one field, beside attributes of its own', async (tag) => {
    expect(await template(`<view><${tag} data-field="uid" ${BOUND} :maxlength="-1" @blur="left" /></view>`)).toEqual([])
  })

  it.each(['input', 'textarea'])('reports <%s> without a name', async (tag) => {
    expect(await template(`<${tag} ${BOUND} />`)).toEqual([`<${tag}> needs a data-field that names it, as useTextField knows it.`])
  })

  it.each([
    '',
    ':value="uid.given" @input="uid.input"',
    ':value="uid.given" @confirm="uid.confirm"',
    '@input="uid.input" @confirm="uid.confirm"',
    ':value="text" @input="uid.input" @confirm="uid.confirm"',
    'value="text" @input="uid.input" @confirm="uid.confirm"',
    ':value="uid.given" @input="uid.input" @confirm="submit"',
    ':value="uid.given" @input="text = $event.target.value" @confirm="uid.confirm"',
    ':value="uid.given" @input="token.input" @confirm="uid.confirm"',
    ':value="uid.given" @input="uid.input" @input="read" @confirm="uid.confirm"',
    ':value="uid.given" @input="uid.input" @confirm.once="uid.confirm"',
  ])('reports a field that binds %o', async (bindings) => {
    expect(await template(`<input data-field="uid" ${bindings} />`)).toEqual([
      '<input> must bind :value="view.given", @input="view.input" and @confirm="view.confirm" of one object, the view that useTextField gives.',
    ])
  })

  it('reports v-model, and an unknown field', async () => {
    expect(await template(`<input data-field="uid" v-model="text" ${BOUND} />`)).toEqual(['v-model goes round useTextField: bind its view to <input>.'])
    expect(await template('<editor />')).toEqual(['<editor> is a text field that useTextField does not know: use <input> or <textarea>.'])
  })

  it.each(['event.detail.value', 'event.detail?.value', 'event?.detail?.value'])('reports %s outside of useTextField, in code and in templates', async (code) => {
    const sentence = ['Read a field through useTextField, not from the event.']
    expect(await messagesOf('rtm/text-fields', 'src/ui/x/useX.ts', `export const read = (event) => ${code}\n`)).toEqual(sentence)
    expect(await messagesOf('rtm/text-fields', 'src/ui/shared/useTextField.ts', `export const read = (event) => ${code}\n`)).toEqual([])
    expect(await template(`<view @change="(event) => read(${code})" />`)).toEqual(sentence)
  })

  it('ignores other tags and other details', async () => {
    expect(await template('<view :value="x" @input="x" /><slider @change="x" />')).toEqual([])
    expect(await messagesOf('rtm/text-fields', 'src/ui/x/useX.ts', 'export const top = (event) => event.detail.scrollTop\n')).toEqual([])
  })
})
