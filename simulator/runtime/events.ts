/** Events as WeChat passes them to handlers: plain objects. glass-easel passes objects with a prototype and elements inside. */
import * as glassEasel from 'glass-easel'
import type { Problems } from './problems'
import type { SetDataMeter } from './set-data'
import { domOf, type ViewElement } from './dom'

interface Touch {
  readonly identifier: number
  readonly clientX: number
  readonly clientY: number
  readonly pageX: number
  readonly pageY: number
}

type Handler = (this: unknown, event: unknown, ...rest: unknown[]) => unknown

let handled = 0

/** The number of handler calls so far. It shows whether an event had a handler. */
export function handledEvents(): number {
  return handled
}

/** From now on every handler in the mini program gets plain events, and a missing handler is a problem. */
export function installEvents(problems: Problems, meter: SetDataMeter): void {
  const getMethod = glassEasel.Component.getMethod.bind(glassEasel.Component)
  glassEasel.Component.getMethod = ((component: glassEasel.GeneralComponent, name: string) => {
    const method = getMethod(component, name) as Handler | undefined
    if (!method) {
      problems.add(`${component.is} has no method ${JSON.stringify(name)} to handle an event`)
      return undefined
    }
    return function (this: unknown, event: unknown, ...rest: unknown[]) {
      handled++
      return meter.logic(() => method.call(this, event instanceof glassEasel.Event ? plainEvent(event) : event, ...rest))
    }
  }) as typeof glassEasel.Component.getMethod
}

function plainEvent(event: glassEasel.Event<unknown>): Record<string, unknown> {
  const touches = touchesOf((event as unknown as { getOriginalEvent(): unknown }).getOriginalEvent())
  const { target, currentTarget, mark } = event as unknown as { target: ViewElement; currentTarget: ViewElement; mark?: Record<string, unknown> }
  return {
    type: event.type,
    timeStamp: event.timeStamp,
    target: plainTarget(target),
    currentTarget: plainTarget(currentTarget),
    mark: { ...mark },
    detail: event.detail,
    touches,
    changedTouches: touches,
  }
}

/** glass-easel identifies a component by the object its methods run on, which holds the element. */
function plainTarget(target: ViewElement | { readonly _$: ViewElement } | null): Record<string, unknown> | undefined {
  if (!target) return undefined
  const element = '_$' in target ? target._$ : target
  const dom = domOf(element)
  return { id: element.id, dataset: { ...element.dataset }, offsetLeft: dom?.offsetLeft ?? 0, offsetTop: dom?.offsetTop ?? 0 }
}

function touchesOf(original: unknown): Touch[] {
  if (typeof original !== 'object' || original === null) return []
  const { changedTouches, clientX } = original as { changedTouches?: Iterable<Touch>; clientX?: number }
  const points = changedTouches ? [...changedTouches] : clientX === undefined ? [] : [original as Touch]
  return points.map((point, identifier) => ({ identifier, clientX: point.clientX, clientY: point.clientY, pageX: point.pageX, pageY: point.pageY }))
}
