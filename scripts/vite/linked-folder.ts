// For a folder that is built through a link (scripts/plain-folder.mjs).
import { lstatSync, readlinkSync } from 'node:fs'
import path from 'node:path'
import type { Plugin } from 'vite'

/** Has the dev server find what esbuild made of dependencies: esbuild names its outputs by the folder that a link leads to, Vite by the link. */
export function linkedFolder(): Plugin {
  // The name by which uni-app knows the folder. That of vite.config.ts is the one that the link leads to.
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
