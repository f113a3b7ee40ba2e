/** A value that is created on first use. */
export class Lazy<T> {
  private value: T | undefined

  constructor(private readonly make: () => T) {}

  /** The value, if it was created. */
  get made(): T | undefined {
    return this.value
  }

  get(): T {
    return (this.value ??= this.make())
  }
}
