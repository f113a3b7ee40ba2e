/** The stepped clock for tests whose sockets are real, so that a step has to be repeated until what they bring is there. */
import { SteppedClock } from '../../simulator/drive/stepped-clock'

export { STEPPED_CLOCK_START as TEST_CLOCK_START } from '../../simulator/drive/stepped-clock'

export class TestClock extends SteppedClock {
  /** Moves the time on, `stepMs` at a time, until `promise` is settled. */
  async advanceUntil<T>(promise: Promise<T>, stepMs: number): Promise<T> {
    let isSettled = false
    const settled = () => void (isSettled = true)
    promise.then(settled, settled)
    while (!isSettled) await this.advance(stepMs)
    return promise
  }
}
