/** Only a chunk can measure its rows, and only the list knows when to: a chunk hands the list a ruler once it is drawn. */
import { inject, onUnmounted, provide, type InjectionKey } from 'vue'
import type { DrawnRow } from '@/src/chat/timeline/spacers'

/** A chunk as it is drawn; `top` of its rows in px from its own. */
export interface ChunkSize {
  readonly height: number
  readonly rows: readonly DrawnRow[]
}

export type Ruler = () => Promise<ChunkSize | undefined>

/** The rulers of a list, by the name of the chunk. */
export class Rulers {
  private readonly rulers = new Map<string, Ruler>()
  private readonly waiting = new Map<string, ((isDrawn: boolean) => void)[]>()

  /** @param isAside whether a chunk is drawn where nobody sees it, so that it has time */
  constructor(readonly isAside: (name: string) => boolean) {}

  set(name: string, ruler: Ruler): void {
    this.rulers.set(name, ruler)
    this.answer(name, true)
  }

  remove(name: string): void {
    this.rulers.delete(name)
    this.answer(name, false)
  }

  /** Resolves when a chunk is drawn; with false when it is not drawn any more. */
  drawn(name: string): Promise<boolean> {
    if (this.rulers.has(name)) return Promise.resolve(true)
    return new Promise((resolve) => {
      this.waiting.set(name, [...(this.waiting.get(name) ?? []), resolve])
    })
  }

  /** The size of a chunk; undefined when it is not drawn. */
  async measure(name: string): Promise<ChunkSize | undefined> {
    return this.rulers.get(name)?.()
  }

  /** Nobody waits any longer. */
  close(): void {
    for (const name of [...this.waiting.keys()]) this.answer(name, false)
  }

  private answer(name: string, isDrawn: boolean): void {
    for (const resolve of this.waiting.get(name) ?? []) resolve(isDrawn)
    this.waiting.delete(name)
  }
}

const RULERS: InjectionKey<Rulers> = Symbol('rulers')

/** Call once in the list. */
export function provideRulers(isAside: (name: string) => boolean): Rulers {
  const rulers = new Rulers(isAside)
  provide(RULERS, rulers)
  onUnmounted(() => rulers.close())
  return rulers
}

/** The rulers of the list that a chunk is in. */
export function useRulers(): Rulers | undefined {
  return inject(RULERS, undefined)
}
