import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toGcj02, toWgs84, type Coordinates } from '@/src/platform/gcj02'

/** The distance of two places that are near each other, m. */
function metres(a: Coordinates, b: Coordinates): number {
  return Math.hypot((a.lat - b.lat) * 111_320, (a.lng - b.lng) * 111_320 * Math.cos((a.lat * Math.PI) / 180))
}

/** Published pairs: latitude and longitude in WGS-84, then in GCJ-02 (github.com/googollee/eviltransform, its tests). */
const PAIRS: readonly (readonly [number, number, number, number])[] = [
  [31.1774276, 121.5272106, 31.17530398364597, 121.531541859215],
  [22.543847, 113.912316, 22.540796131694766, 113.9171764808363],
  [39.911954, 116.377817, 39.91334545536069, 116.38404722455657],
]

describe.each(PAIRS)('%f, %f in WGS-84', (lat, lng, gcjLat, gcjLng) => {
  it('is the published place in GCJ-02, to 1 m', () => {
    expect(metres(toGcj02({ lat, lng }), { lat: gcjLat, lng: gcjLng })).toBeLessThan(1)
  })

  it('is what the published place becomes, to 1 m', () => {
    expect(metres(toWgs84({ lat: gcjLat, lng: gcjLng }), { lat, lng })).toBeLessThan(1)
  })
})

it('comes back to the same place, to 1 m, anywhere in China', () => {
  const place = fc.record({ lat: fc.double({ min: 24, max: 40, noNaN: true }), lng: fc.double({ min: 103, max: 117, noNaN: true }) })
  fc.assert(
    fc.property(place, (from) => {
      const there = toGcj02(from)
      expect(metres(there, from)).toBeGreaterThan(10)
      expect(metres(toWgs84(there), from)).toBeLessThan(1)
    }),
  )
})

const inside: Readonly<Record<string, readonly [lat: number, lng: number]>> = {
  Beijing: [39.9, 116.4], Shanghai: [31.23, 121.47], 'Hong Kong': [22.3, 114.17], Macau: [22.19, 113.55], Xiamen: [24.48, 118.1], Haikou: [20.03, 110.3], Sanya: [18.25, 109.5],
  Lhasa: [29.65, 91.1], Kashgar: [39.47, 75.99], Urumqi: [43.8, 87.6], Yining: [43.92, 81.32], Manzhouli: [49.6, 117.45], Heihe: [50.25, 127.5], Hunchun: [42.87, 130.36],
  Dalian: [38.9, 121.6], Weihai: [37.43, 122.7], Zhoushan: [30, 122.2], Pingtan: [25.5, 119.79], Jinghong: [22, 100.8], Ruili: [24.01, 97.85],
}
const outside: Readonly<Record<string, readonly [lat: number, lng: number]>> = {
  Taipei: [25.03, 121.56], Kaohsiung: [22.62, 120.3], Penghu: [23.57, 119.57], Seoul: [37.57, 126.98], Pyongyang: [39.03, 125.75], Tokyo: [35.7, 139.7], Naha: [26.2, 127.7],
  Ulaanbaatar: [47.9, 106.9], Vladivostok: [43.1, 131.9], Khabarovsk: [48.48, 135.07], Almaty: [43.25, 76.9], Bishkek: [42.87, 74.6], Kathmandu: [27.7, 85.32], Thimphu: [27.47, 89.64],
  Lahore: [31.55, 74.35], Delhi: [28.6, 77.2], Hanoi: [21.03, 105.85], Mandalay: [21.97, 96.1], Vientiane: [17.97, 102.6], Manila: [14.6, 121], Singapore: [1.35, 103.8], London: [51.5, -0.12],
  Sydney: [-33.9, 151.2], 'the pole': [90, 0], 'the date line': [0, -180],
}

it.each(Object.entries(inside))('moves %s', (_, [lat, lng]) => {
  expect(toGcj02({ lat, lng })).not.toEqual({ lat, lng })
  expect(metres(toWgs84(toGcj02({ lat, lng })), { lat, lng })).toBeLessThan(1)
})

it.each(Object.entries(outside))('leaves %s where it is, in both directions', (_, [lat, lng]) => {
  expect(toGcj02({ lat, lng })).toEqual({ lat, lng })
  expect(toWgs84({ lat, lng })).toEqual({ lat, lng })
})
