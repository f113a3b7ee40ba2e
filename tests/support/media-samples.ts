/** What the messages with a file in the tests have in common. */
export const STORED = { url: '/f/AbCdEfGhIjKlMnOpQrSt-_', bytes: 345_678, mime: 'image/jpeg', sha256: '0123456789abcdef'.repeat(4) } as const

/** Of the greatest length. */
export const LONGEST_URL = `https://media.example/${'x'.repeat(978)}`

/** One body of each kind with a file. */
export const FILES = {
  image: { kind: 'image', ...STORED, width: 1_920, height: 1_080, thumb: '1QcSHQRnh493V4dIh4eXh1h4kJUI' },
  voice: { kind: 'voice', ...STORED, mime: 'audio/mpeg', ms: 12_345, levels: '0123456789abcdefghijklmnopqrstuv' },
  video: { kind: 'video', ...STORED, mime: 'video/mp4', ms: 34_000, width: 1_080, height: 1_920, thumb: '1QcSHQRnh493V4dIh4eXh1h4kJUI' },
  file: { kind: 'file', ...STORED, mime: 'application/pdf', name: '2026 年第三季度报表.pdf' },
} as const
