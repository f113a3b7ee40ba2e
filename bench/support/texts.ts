/** The texts of the messages: 30 characters each, and a number that makes each another one. */

/** A message's number as it stands in its text. */
export function numberOf(seq: number): string {
  return String(seq).padStart(6, '0')
}

export function textOf(seq: number): string {
  return `今天下午三点在老地方见面，别忘了带上那本书，第${numberOf(seq)}条`
}
