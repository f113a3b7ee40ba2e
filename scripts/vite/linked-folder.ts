// For a folder that is built through a link (scripts/plain-folder.mjs).
import { lstatSync, readlinkSync } from 'node:fs'
import path from 'node:path'
import type { Plugin } from 'vite'

/** Makes the dev server find the dependencies that esbuild has bundled: esbuild names its outputs by the link's target, Vite by the link. */
export function linkedFolder(): Plugin {
  // uni-app's name of the folder. vite.config.ts has the link's target.
  const link = process.cwd()
  return {
    name: 'rtm:linked-folder',
    apply: () => lstatSync(link).isSymbolicLink(),
    config() {
      const target = readlinkSync(link)
      const renamed = (output: string) => path.relative(link, path.resolve(target, output)).split(path.sep).join('/')
      return {
        optimizeDeps: {
          esbuildOptions: {
            plugins: [
              {
                name: 'rtm:linked-folder',
                setup(build) {
                  build.onEnd(({ metafile }) => {
                    if (metafile) metafile.outputs = Object.fromEntries(Object.entries(metafile.outputs).map(([output, value]) => [renamed(output), value]))
                  })
                },
              },
            ],
          },
        },
      }
    },
  }
}
