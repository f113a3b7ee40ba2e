/** The platform's events, as far as this client reads them. */

/** A tap. `dataset`: the `data-` attributes of the element that listens. */
export interface TapEvent {
  readonly currentTarget: Tapped | null
  /** The innermost element. */
  readonly target?: Tapped | EventTarget | null
}

interface Tapped {
  readonly dataset?: Readonly<Record<string, string | undefined>>
}

export interface ScrollEvent {
  readonly detail: { readonly scrollTop: number; readonly scrollHeight: number }
}

/** `data-id`, `data-kind`, `data-seq` or `data-does` of the tapped element. On H5 the dataset may be on the DOM element only. */
export function dataOf(event: TapEvent, name: 'id' | 'kind' | 'seq' | 'does'): string | undefined {
  return event.currentTarget?.dataset?.[name]
}

/** `data-emoji` of the innermost tapped element. One element listens for many, which costs less than a listener for each. */
export function sourceOf({ target }: TapEvent, name: 'emoji'): string | undefined {
  return (target as Tapped | null | undefined)?.dataset?.[name]
}
