/** The length of a voice, in whole seconds and at least one: `12″`, and above a minute `2′05″`. */
export function voiceLength(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1_000))
  return seconds <= 60 ? `${seconds}″` : `${Math.floor(seconds / 60)}′${twoDigits(seconds % 60)}″`
}

/** The length of a video: `0:34`, and above an hour `1:02:03`. */
export function videoLength(ms: number): string {
  const seconds = Math.round(ms / 1_000)
  const minutes = Math.floor(seconds / 60)
  const rest = `${twoDigits(minutes % 60)}:${twoDigits(seconds % 60)}`
  return minutes < 60 ? rest.replace(/^0/, '') : `${Math.floor(minutes / 60)}:${rest}`
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}
