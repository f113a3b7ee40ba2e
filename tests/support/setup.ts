/** For every component test: timeouts long enough for a busy machine. */
import { vi } from 'vitest'

vi.setConfig({ testTimeout: 20_000 })
