/** Only a chunk can measure its rows, and only the list knows when to. So a rendered chunk passes the list a function that measures it. */
import { inject, onUnmounted, provide, type InjectionKey } from 'vue'
import type { DrawnRow } from '@/src/chat/timeline/spacers'

/** A rendered chunk. `top` of its rows is in px from its own top. */
export interface ChunkSize {
  readonly height: number
  readonly rows: readonly DrawnRow[]
}

export type Ruler = () => Promise<ChunkSize | undefined>

/** The measuring functions of a list, by the name of the chunk. */
export class Rulers {
  private readonly rulers = new Map<string, Ruler>()
  private readonly waiting = new Map<string, ((isDrawn: boolean) => void)[]>()

  /** @param isAside whether a chunk is rendered off-screen, so that its measuring is not urgent */
  constructor(readonly isAside: (name: string) => boolean) {}

  set(name: string, ruler: Ruler): void {
    this.rulers.set(name, ruler)
    this.answer(name, true)
  }

  remove(name: string): void {
    this.rulers.delete(name)
    this.answer(name, false)
  }

  /** Resolves to true when a chunk is rendered, to false when it no longer is. */
  drawn(name: string): Promise<boolean> {
    if (this.rulers.has(name)) return Promise.resolve(true)
    return new Promise((resolve) => {
      this.waiting.set(name, [...(this.waiting.get(name) ?? []), resolve])
    })
  }

  /** The size of a chunk. Undefined if it is not rendered. */
  async measure(name: string): Promise<ChunkSize | undefined> {
    return this.rulers.get(name)?.()
  }

  /** Ends all waits. */
  close(): void {
    for (const name of [...this.waiting.keys()]) this.answer(name, false)
  }

  private answer(name: string, isDrawn: boolean): void {
    for (const resolve of this.waiting.get(name) ?? []) resolve(isDrawn)
    this.waiting.delete(name)
  }
}

const RULERS: InjectionKey<Rulers> = Symbol('rulers')

/** Call it once in the list. */
export function provideRulers(isAside: (name: string) => boolean): Rulers {
  const rulers = new Rulers(isAside)
  provide(RULERS, rulers)
  onUnmounted(() => rulers.close())
  return rulers
}

/** The registry of the list that contains a chunk. */
export function useRulers(): Rulers | undefined {
  return inject(RULERS, undefined)
}
