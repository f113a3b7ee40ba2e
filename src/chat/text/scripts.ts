/** The scripts of letters, as far as a host name must be told from one that looks the same. */

/** `from, to` of the letters of each script that is not Latin. Han, kana and hangul count as one: names mix them. */
const SCRIPTS: readonly (readonly [name: string, ...ranges: number[]])[] = [
  ['Greek', 0x370, 0x3ff, 0x1f00, 0x1fff],
  ['Cyrillic', 0x400, 0x52f, 0x1c80, 0x1c8f],
  ['Armenian', 0x530, 0x58f],
  ['Hebrew', 0x590, 0x5ff],
  ['Arabic', 0x600, 0x6ff, 0x750, 0x77f, 0x8a0, 0x8ff],
  ['Devanagari', 0x900, 0x97f],
  ['Thai', 0xe00, 0xe7f],
  ['Georgian', 0x10a0, 0x10ff, 0x1c90, 0x1cbf],
  ['CJK', 0x1100, 0x11ff, 0x3000, 0x9fff, 0xac00, 0xd7a3, 0xf900, 0xfaff],
]

/** Of one character: '' for digits, hyphens and the like, which all scripts share. */
function scriptOf(code: number): string {
  if (code < 0x80) return (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a) ? 'Latin' : ''
  if (code >= 0xc0 && code <= 0x24f) return 'Latin'
  if (code >= 0x1e00 && code <= 0x1eff) return 'Latin'
  const found = SCRIPTS.find(([, ...ranges]) => ranges.some((from, i) => i % 2 === 0 && code >= from && code <= (ranges[i + 1] ?? from)))
  return found ? found[0] : 'other'
}

/**
 * Whether a label of the host mixes scripts, as one that is made to look like another does, or has letters of a script that is not known here. Latin beside
 * Chinese, Japanese or Korean is ordinary.
 */
export function mixesScripts(host: string): boolean {
  return host.split('.').some((label) => {
    const scripts = new Set(Array.from(label, (letter) => scriptOf(letter.codePointAt(0) ?? 0)))
    scripts.delete('')
    return scripts.has('other') || (scripts.size > 1 && !(scripts.size === 2 && scripts.has('Latin') && scripts.has('CJK')))
  })
}
