// The build as WeChat would be given it, before anything runs. Which breakage it catches is proven in harness.test.ts.
import { describe, expect, test } from 'vitest'
import { DEFAULT_DIST } from '../../simulator/compile/runtime-script'
import { checkBuild, hasOfficialCompilers, officialCompilers } from '../../simulator/compile/static-gate'

describe('the mini program build', () => {
  test('names only what is there, and compiles', () => {
    expect(checkBuild(DEFAULT_DIST)).toEqual([])
  })

  test(hasOfficialCompilers ? "passes WeChat's own compilers" : "is not given to WeChat's own compilers, which run on Linux only", () => {
    expect(officialCompilers(DEFAULT_DIST)).toEqual([])
  })
})
