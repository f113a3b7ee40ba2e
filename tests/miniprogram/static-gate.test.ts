// The build as WeChat would get it, before anything runs. harness.test.ts shows which faults it finds.
import { describe, expect, test } from 'vitest'
import { DEFAULT_DIST } from '../../simulator/compile/runtime-script'
import { checkBuild, hasOfficialCompilers, officialCompilers } from '../../simulator/compile/static-gate'

describe('the mini program build', () => {
  test('names only existing files, and compiles', () => {
    expect(checkBuild(DEFAULT_DIST)).toEqual([])
  })

  test(hasOfficialCompilers ? "passes WeChat's own compilers" : "is not given to WeChat's own compilers, which run on Linux only", () => {
    expect(officialCompilers(DEFAULT_DIST)).toEqual([])
  })
})
