/** For every component test: time enough on a busy machine, and a DOM without what the last test left in it. */
import { enableAutoUnmount } from '@vue/test-utils'
import { afterEach, vi } from 'vitest'

vi.setConfig({ testTimeout: 20_000 })
enableAutoUnmount(afterEach)
