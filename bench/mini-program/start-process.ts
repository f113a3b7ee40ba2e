// One start of a program in a fresh process, where no code is warm, as on a phone: prints a Start as JSON. Arguments: the build, test ids of which one is on
// its first page, with commas, and for the product the phone's folder.
import { compiledBuild, runtimeScript } from '../../simulator/compile/runtime-script'
import { hasList, startOf } from './start'

const [dist = '', testIds = '', dir] = process.argv.slice(2)
const painted = testIds.split(',')
// Work that a phone does not do at a start: running WeChat's compiler and bundling the harness.
compiledBuild(dist)
runtimeScript()
console.log(JSON.stringify(dir === undefined ? await startOf({ dist }, painted) : await startOf({ dist, dir }, painted, hasList)))
process.exit()
