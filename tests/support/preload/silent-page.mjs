// Makes the page's dev server listen and answer nothing, as while it starts slowly.
import { Server } from 'node:net'

if (process.argv.some((argument) => argument.endsWith('uni.mjs'))) {
  const { emit } = Server.prototype
  Server.prototype.emit = function (event, ...args) {
    return event === 'connection' || emit.call(this, event, ...args)
  }
}
