// Ends this process with the one that started it, however that ended: the channel between the two closes. A process without one goes on.
if (process.send) {
  // The parent may have ended before this line.
  if (!process.connected) process.exit()
  process.once('disconnect', () => process.exit())
  // The listener alone would keep a process that has done its work.
  process.channel?.unref()
}
