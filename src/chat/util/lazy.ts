/** A value that is made on first use. */
export class Lazy<T> {
  private value: T | undefined

  constructor(private readonly make: () => T) {}

  /** The value, if it was made. */
  get made(): T | undefined {
    return this.value
  }

  get(): T {
    return (this.value ??= this.make())
  }
}
