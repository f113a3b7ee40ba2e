/** For every test: the same numbers from Math.random in each run, so that no test fails by chance. */
import { beforeEach } from 'vitest'
import { seededRandom } from '../../simulator/drive/seeded-random'

beforeEach(() => {
  Math.random = seededRandom(1)
})
