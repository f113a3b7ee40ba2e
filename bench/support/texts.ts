/** The texts of the messages: 30 characters each, made unique by a number. */

/** A message's number as its text has it. */
export function numberOf(seq: number): string {
  return String(seq).padStart(6, '0')
}

export function textOf(seq: number): string {
  return `今天下午三点在老地方见面，别忘了带上那本书，第${numberOf(seq)}条`
}
