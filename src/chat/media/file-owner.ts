/** The name of a conversation of a user: other users of this device may have one with the same id. */
export function ownerOf(uid: string, conversation: string): string {
  return `${uid} ${conversation}`
}
