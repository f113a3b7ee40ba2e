/** For every component test: time enough on a busy machine. */
import { vi } from 'vitest'

vi.setConfig({ testTimeout: 20_000 })
