import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Plugin } from 'vite'

/** The options of {@link amendedJson}. */
export interface AmendedJsonOptions {
  /** Of the plugin. */
  readonly name: string
  /** In the build, such as `app.json`. Nothing happens in a build without it. */
  readonly file: string
  /** Members to add to it or to replace. Undefined: the file stays as it is. */
  readonly members: object | undefined
}

/** Changes a JSON file of the build after uni-app has written it. */
export function amendedJson({ name, file, members }: AmendedJsonOptions): Plugin {
  let outDir = ''
  return {
    name,
    apply: 'build',
    enforce: 'post',
    configResolved(config) {
      outDir = path.resolve(config.root, process.env.UNI_OUTPUT_DIR ?? config.build.outDir)
    },
    writeBundle: {
      order: 'post',
      sequential: true,
      handler() {
        const written = path.join(outDir, file)
        if (!members || !existsSync(written)) return
        const json = JSON.parse(readFileSync(written, 'utf8')) as object
        writeFileSync(written, JSON.stringify({ ...json, ...members }, null, 2))
      },
    },
  }
}
