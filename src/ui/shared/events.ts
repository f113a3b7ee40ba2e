/** The platform's events, as far as this client reads them. */

/** A tap. `dataset`: the `data-` attributes of the element that listens. */
export interface TapEvent {
  readonly currentTarget: { readonly dataset?: Readonly<Record<string, string | undefined>> } | EventTarget | null
}

export interface ScrollEvent {
  readonly detail: { readonly scrollTop: number; readonly scrollHeight: number }
}

/** `data-id`, `data-kind`, `data-seq`, `data-does` or `data-value` of the tapped element. On H5 the dataset may be on the DOM element only. */
export function dataOf(event: TapEvent, name: 'id' | 'kind' | 'seq' | 'does' | 'value'): string | undefined {
  const { currentTarget } = event
  return currentTarget && 'dataset' in currentTarget ? currentTarget.dataset?.[name] : undefined
}
