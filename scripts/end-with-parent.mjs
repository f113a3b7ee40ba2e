// Ends this process with its parent, however the parent ends: the channel between the two closes. A process without a channel goes on.
if (process.send) {
  // The parent may have ended before this line.
  if (!process.connected) process.exit()
  process.once('disconnect', () => process.exit())
  // The listener must not keep the process alive after its work is done.
  process.channel?.unref()
}
