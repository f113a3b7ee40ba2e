/** Only a chunk can measure its rows, and only the list knows when to. So a rendered chunk passes the list a function that measures it. */
import { inject, onUnmounted, provide, type InjectionKey } from 'vue'
import type { DrawnRow } from '@/src/chat/timeline/spacers'

/** A rendered chunk. `top` of its rows is in px from its own top. */
export interface ChunkSize {
  readonly height: number
  readonly rows: readonly DrawnRow[]
}

export type MeasureChunk = () => Promise<ChunkSize | undefined>

/** The measuring functions of a list, by the name of the chunk. */
export class ChunkMeasuring {
  private readonly byName = new Map<string, MeasureChunk>()
  private readonly waiting = new Map<string, ((isDrawn: boolean) => void)[]>()

  /** @param isAside whether a chunk is rendered off-screen, so that its measuring is not urgent */
  constructor(readonly isAside: (name: string) => boolean) {}

  set(name: string, measure: MeasureChunk): void {
    this.byName.set(name, measure)
    this.answer(name, true)
  }

  remove(name: string): void {
    this.byName.delete(name)
    this.answer(name, false)
  }

  /** Resolves to true when a chunk is rendered, to false when it no longer is. */
  drawn(name: string): Promise<boolean> {
    if (this.byName.has(name)) return Promise.resolve(true)
    return new Promise((resolve) => {
      this.waiting.set(name, [...(this.waiting.get(name) ?? []), resolve])
    })
  }

  /** The size of a chunk. Undefined if it is not rendered. */
  async measure(name: string): Promise<ChunkSize | undefined> {
    return this.byName.get(name)?.()
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

const CHUNK_MEASURING: InjectionKey<ChunkMeasuring> = Symbol('chunk-measuring')

/** Call it once in the list. */
export function provideChunkMeasuring(isAside: (name: string) => boolean): ChunkMeasuring {
  const measuring = new ChunkMeasuring(isAside)
  provide(CHUNK_MEASURING, measuring)
  onUnmounted(() => measuring.close())
  return measuring
}

/** Undefined outside of a list. */
export type UseChunkMeasuringReturn = ChunkMeasuring | undefined

/** The registry of the list that contains a chunk. */
export function useChunkMeasuring(): UseChunkMeasuringReturn {
  return inject(CHUNK_MEASURING, undefined)
}
