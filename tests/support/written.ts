/** Texts of users, and how the screen shows them: shared by the tests of H5, of the compiled mini program and of the components. */

export interface Written {
  readonly what: string
  readonly text: string
  /** The text in the message, if it is not `text` itself. */
  readonly shown?: string
  /** The text in the list, if it is not `text` itself. */
  readonly line?: string
  /** Whether its first strong character belongs to a right-to-left script. */
  readonly rtl?: true
}

export const WRITTEN: readonly Written[] = [
  { what: 'backslashes', text: 'D:\\nn\\\\temp\\x \\0 \\u200b \\' },
  { what: 'a share', text: '\\\\nas\\new\\\\' },
  { what: 'entities and markup', text: '&amp;lt; &nbsp;&#10;<br/><!-- {{ a }} ${b} $& %s %0A' },
  { what: 'spaces and tabs', text: '  a    b\tc\t\td  ', line: 'a b c d' },
  { what: 'line breaks', text: 'one\r\ntwo\rthree\n\n\u2028six', shown: 'one\ntwo\nthree\n\n\nsix', line: 'one two three six' },
  { what: 'control characters', text: 'a\u0000b\u0007c\u001b[31md\u007f', shown: 'abc[31md', line: 'abc[31md' },
  { what: 'bidi controls', text: 'a \u202egnp.exe \u2067b', shown: 'a \u202egnp.exe \u2067b\u2069\u202c', line: 'a gnp.exe b' },
  { what: 'Hebrew', text: 'בוקר טוב, dear all!', rtl: true },
  { what: 'Arabic with a number first', text: '12) صباح الخير (Ali)', rtl: true },
  { what: 'Latin with Arabic in it', text: 'see «صباح الخير» (2)' },
  { what: 'emoji sequences', text: '👩🏽‍🚀🏳️‍🌈🇺🇳1️⃣❤️‍🔥👨‍👩‍👧‍👦' },
]

/** Texts without a visible character. */
export const UNSEEN: readonly string[] = ['\u2060\u200b', '\ufeff', ' \t\u3000\n', '\u3164\u2800', '\u00ad\u034f', '\u202e\u200f', '\u{e0061}\ufe0f']

/** Lines that are all different. 2,500 of them fit into one message. */
export function numberedLines(count: number): string {
  return Array.from({ length: count }, (_, n) => `行 ${n}`).join('\n')
}
