/** Why the file of a message cannot be uploaded, now or ever. */
export const FILE_FAILURES = [
  // The store answers what no store answers.
  'file-store',
  'file-store-full',
  'file-too-large',
  // The user has uploaded as much as a user may in a day.
  'file-quota',
  // It is not what its kind of message takes.
  'file-type',
  'file-unreadable',
  'file-heic',
  // The team's own check refused it.
  'file-refused',
  // It is not on this device any more, or not on the store.
  'file-lost',
] as const
export type FileFailure = (typeof FILE_FAILURES)[number]
