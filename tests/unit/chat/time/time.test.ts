import { afterEach, describe, expect, it } from 'vitest'
import type { Clock } from '@/src/chat/time/clock'
import { isSameDay } from '@/src/chat/time/clock-label'
import { calendarDay, ServiceTime, untilMidnight } from '@/src/chat/time/time'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const BEGAN = Date.UTC(2027, 4, 3, 9, 30)

/** A device whose clock is `ahead` ms ahead of the service's. */
class Device implements Clock {
  private passed = 0

  constructor(private ahead: number) {}

  now = () => this.service + this.ahead
  elapsed = () => this.passed
  after = () => () => undefined

  get service(): number {
    return BEGAN + this.passed + this.slept
  }
  private slept = 0

  passes(ms: number): void {
    this.passed += ms
  }
  isSet(ms: number): void {
    this.ahead += ms
  }
  /** Stops `elapsed` for this time. */
  sleeps(ms: number): void {
    this.slept += ms
  }
}

describe('the time', () => {
  it('is that of the device until the service was heard', () => {
    const device = new Device(3 * HOUR)
    expect(new ServiceTime(device).now()).toBe(device.service + 3 * HOUR)
  })

  it.each([3 * HOUR, -5 * HOUR, 25 * HOUR, 0])('is the service’s if the device is %i ms ahead', (ahead) => {
    const device = new Device(ahead)
    const time = new ServiceTime(device)
    time.heard(device.service - 40)
    device.passes(7 * MINUTE)
    expect(time.now()).toBe(device.service - 40)
  })

  it('uses the fastest message', () => {
    const device = new Device(2 * HOUR)
    const time = new ServiceTime(device)
    const ways = [900, 70, 4_000].map((way) => {
      device.passes(MINUTE)
      return time.heard(device.service - way)
    })
    expect(ways).toEqual([true, true, false])
    expect(time.now()).toBe(device.service - 70)
  })

  it('does not jump when the clock of the device is set', () => {
    const device = new Device(2 * HOUR)
    const time = new ServiceTime(device)
    time.heard(device.service)
    for (const set of [-2 * HOUR, 26 * HOUR, -40 * MINUTE, 900]) {
      device.isSet(set)
      device.passes(MINUTE)
      expect(time.now()).toBe(device.service)
    }
  })

  it('follows the service again after the app was hidden, if no event reports a changed clock', () => {
    let date = BEGAN
    const time = new ServiceTime({ now: () => date, elapsed: () => date, after: () => () => undefined })
    time.heard(BEGAN)
    date += 2 * HOUR
    time.woke()
    time.heard(BEGAN + MINUTE)
    expect(time.now()).toBe(BEGAN + MINUTE)
  })

  it('is not late after the device slept', () => {
    const device = new Device(0)
    const time = new ServiceTime(device)
    time.heard(device.service - 30)
    device.sleeps(8 * HOUR)
    time.woke()
    expect(time.now()).toBe(device.service)
    device.isSet(HOUR)
    time.heard(device.service - 20)
    time.woke()
    expect(time.now()).toBe(device.service - 20)
  })

  it('keeps its measurement when the app comes to the front', () => {
    const device = new Device(2 * HOUR)
    const time = new ServiceTime(device)
    time.heard(device.service)
    device.passes(3 * HOUR)
    time.woke()
    expect(time.now()).toBe(device.service)
  })

  it('is measured again in each session', () => {
    const device = new Device(2 * HOUR)
    const time = new ServiceTime(device)
    time.heard(device.service)
    time.sessionEnded()
    expect(time.now()).toBe(device.service)
    time.heard(device.service - 500)
    expect(time.now()).toBe(device.service - 500)
  })

  it.each([NaN, 0, BEGAN / 1_000, Date.UTC(9999, 0), Infinity, -Infinity])('does not believe a service that reports %d', (said) => {
    const device = new Device(HOUR)
    const time = new ServiceTime(device)
    expect(time.heard(said)).toBe(false)
    expect(time.now()).toBe(device.now())
  })
})

describe('the day', () => {
  const zone = process.env.TZ
  afterEach(() => {
    if (zone === undefined) delete process.env.TZ
    else process.env.TZ = zone
  })

  it.each([
    ['Asia/Shanghai', [2027, 4, 3], 24],
    ['Europe/Berlin', [2027, 2, 28], 23],
    ['America/New_York', [2027, 10, 7], 25],
  ] as const)('in %s has its own length', (place, [year, month, day], hours) => {
    process.env.TZ = place
    const begin = new Date(year, month, day).getTime()
    expect(untilMidnight(begin)).toBe(hours * HOUR)
    expect(untilMidnight(begin + hours * HOUR - 1)).toBe(1)
    expect(calendarDay(begin + hours * HOUR)).not.toBe(calendarDay(begin + hours * HOUR - 1))
    for (let hour = 0; hour < hours; hour++) {
      const at = begin + hour * HOUR
      expect([calendarDay(at), isSameDay(at, begin), isSameDay(at, begin - 1)], String(hour)).toEqual([calendarDay(begin), true, false])
    }
  })

  it('depends on the time zone', () => {
    const days = ['Asia/Tokyo', 'Asia/Kolkata', 'UTC'].map((place) => {
      process.env.TZ = place
      return calendarDay(BEGAN)
    })
    expect(new Set(days).size).toBe(3)
  })
})
