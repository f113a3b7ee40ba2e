/** The stepped clock for tests with real sockets, where a step has to be repeated until the sockets' messages have arrived. */
import { SteppedClock } from '../../simulator/drive/stepped-clock'

export { STEPPED_CLOCK_START as TEST_CLOCK_START } from '../../simulator/drive/stepped-clock'

export class TestClock extends SteppedClock {
  /** Advances the time, `stepMs` at a time, until `promise` is settled. */
  async advanceUntil<T>(promise: Promise<T>, stepMs: number): Promise<T> {
    let isSettled = false
    const settled = () => void (isSettled = true)
    promise.then(settled, settled)
    while (!isSettled) await this.advance(stepMs)
    return promise
  }
}
