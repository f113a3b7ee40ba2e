/** The platform's events, as far as this client reads them. */

/** A tap. `dataset`: the `data-` attributes of the element that listens. */
export interface TapEvent {
  readonly currentTarget: { readonly dataset?: Readonly<Record<string, string | undefined>> } | EventTarget | null
}

/** An event in an element with several controls: one listener costs less than one for each. `target`: the control that it came from. */
export interface InnerEvent {
  readonly target: object | null
}

/** The `data-` attributes of the control that an event came from. */
export function innerData({ target }: InnerEvent): Readonly<Record<string, string | undefined>> {
  return (target as { readonly dataset?: Readonly<Record<string, string | undefined>> } | null)?.dataset ?? {}
}

export interface ScrollEvent {
  readonly detail: { readonly scrollTop: number; readonly scrollHeight: number }
}

/** `data-id`, `data-kind` and so on of the tapped element. On H5 the dataset may be on the DOM element only. */
export function dataOf(event: TapEvent, name: 'id' | 'kind' | 'seq' | 'does' | 'emoji' | 'value'): string | undefined {
  const { currentTarget } = event
  return currentTarget && 'dataset' in currentTarget ? currentTarget.dataset?.[name] : undefined
}
