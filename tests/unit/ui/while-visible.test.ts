import { computed, nextTick, shallowRef, watch, watchEffect } from 'vue'
import { describe, expect, it, vi } from 'vitest'
vi.mock('@dcloudio/uni-app', () => ({ onHide: () => undefined, onShow: () => undefined }))
const { whileVisible } = await import('@/src/ui/page/usePageVisible')

describe('a value that is followed while the page is visible', () => {
  it.each([true, false])('follows every change while it is, none while it is not, and the last one then (visible at first: %s)', async (first) => {
    const visible = shallowRef(first)
    const source = shallowRef(0)
    const view = whileVisible(visible, () => source.value)
    const doubled = computed(() => view.value * 2)
    watch(() => visible.value && source.value, () => undefined, { immediate: true })
    const drawn: number[] = []
    watchEffect(() => drawn.push(doubled.value))
    const expected = [0]
    let value = 0
    const change = async (isVisible: boolean) => {
      visible.value = isVisible
      source.value = ++value
      await nextTick()
      if (isVisible) expected.push(value * 2)
    }
    for (const isVisible of [first, true, true, true, false, false, true, true, false, true]) await change(isVisible)
    expect(drawn).toEqual(expected)
  })
})
