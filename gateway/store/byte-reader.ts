/** Reads what LevelDB writes into its files: numbers of 7 bits to a byte, the lowest first, and texts with their length before them. */
export class ByteReader {
  private at = 0

  constructor(private readonly bytes: Buffer) {}

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length
  }

  number(): number {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = this.bytes[this.at++] ?? 0
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
    }
  }

  skip(count: number): void {
    this.at += count
  }

  skipText(): void {
    this.skip(this.number())
  }
}
