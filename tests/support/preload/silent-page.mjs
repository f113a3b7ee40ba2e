// Has the dev server of the page listen and answer nothing, as one that takes long to be ready.
import { Server } from 'node:net'

if (process.argv.some((argument) => argument.endsWith('uni.mjs'))) {
  const { emit } = Server.prototype
  Server.prototype.emit = function (event, ...args) {
    return event === 'connection' || emit.call(this, event, ...args)
  }
}
