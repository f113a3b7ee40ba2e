// One start of a program in a process of its own, where no code is warm, as on a phone: prints a FirstPaint as JSON.
// Arguments: the build, what stands on its first page, and the phone's folder where there is one.
import { compiledBuild, runtimeScript } from '../../tests/miniprogram/harness/runtime-script'
import { firstPaint } from './start'

const [dist = '', testId = '', dir] = process.argv.slice(2)
// What a phone does not do at a start: WeChat's compiler has run, and the harness is bundled.
compiledBuild(dist)
runtimeScript()
console.log(JSON.stringify(await firstPaint({ dist, ...(dir === undefined ? {} : { dir }) }, testId)))
process.exit()
