/**
 * GCJ-02, the coordinates of maps in China: those of WGS-84 (GPS), moved by up to 700 m. WeChat's calls speak it, messages do not (docs/WIRE.md). The
 * formula is the one that is widely published (for example in github.com/googollee/eviltransform); no official one is.
 */

/** Degrees. */
export interface Coordinates {
  readonly lat: number
  readonly lng: number
}

/** The ellipsoid of the formula (Krasovsky 1940): the semi-major axis, m, and the square of the eccentricity. */
const AXIS = 6_378_245
const ECCENTRICITY_SQUARED = 0.006_693_421_622_965_943

/** The inverse is as exact as this, degrees: some 0.1 mm. */
const EXACT_TO = 1e-9
/** It takes four or five. */
const STEPS_MAX = 30

/** The place on a map in China. Unchanged outside of it. */
export function toGcj02(place: Coordinates): Coordinates {
  return isInChina(place) ? moved(place) : place
}

/** The place of which {@link toGcj02} makes `place`. There is no formula for it, so this comes nearer step by step. */
export function toWgs84(place: Coordinates): Coordinates {
  let { lat, lng } = place
  for (let step = 0; step < STEPS_MAX; step++) {
    const reached = moved({ lat, lng })
    lat += place.lat - reached.lat
    lng += place.lng - reached.lng
    if (Math.abs(place.lat - reached.lat) < EXACT_TO && Math.abs(place.lng - reached.lng) < EXACT_TO) break
  }
  return isInChina({ lat, lng }) ? { lat, lng } : place
}

function moved({ lat, lng }: Coordinates): Coordinates {
  const x = lng - 105
  const y = lat - 35
  const common = 0.1 * x * y + (2 / 3) * (20 * Math.sin(6 * x * Math.PI) + 20 * Math.sin(2 * x * Math.PI))
  const north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.2 * Math.sqrt(Math.abs(x)) + common + (2 / 3) * waves(y, 160, 320)
  const east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * Math.sqrt(Math.abs(x)) + common + (2 / 3) * waves(x, 150, 300)
  const angle = (lat / 180) * Math.PI
  const curve = 1 - ECCENTRICITY_SQUARED * Math.sin(angle) ** 2
  const radiusNorth = (AXIS * (1 - ECCENTRICITY_SQUARED)) / (curve * Math.sqrt(curve))
  const radiusEast = (AXIS / Math.sqrt(curve)) * Math.cos(angle)
  return { lat: lat + ((north / radiusNorth) * 180) / Math.PI, lng: lng + ((east / radiusEast) * 180) / Math.PI }
}

function waves(at: number, twelfth: number, thirtieth: number): number {
  const part = at * Math.PI
  return 20 * Math.sin(part) + 40 * Math.sin(part / 3) + twelfth * Math.sin(part / 12) + thirtieth * Math.sin(part / 30)
}

/**
 * Where maps use GCJ-02: mainland China, Hong Kong and Macau; not Taiwan, whose maps use WGS-84. Longitude and latitude of a polygon: the land border of Natural
 * Earth (public domain, 1:50 million), simplified to 0.2 degrees, then a line through the sea that leaves Hainan and the coastal islands inside. Within
 * some 20 km of the land border the other side may be meant.
 */
const OUTLINE: readonly number[] = [
  124.35, 40, 126, 40.9, 126.7, 41.7, 128.15, 41.4, 128.05, 42, 129.7, 42.45, 129.9, 43, 130.55, 42.55, 130.45, 42.75, 131.05, 42.9, 131.25, 44.05, 131,
  44.85, 131.85, 45.35, 133.1, 45.15, 134.15, 47.3, 134.75, 47.7, 134.65, 48.25, 134.3, 48.35, 132.5, 47.7, 130.95, 47.7, 130.55, 48.85, 127.55, 49.8, 127.6,
  50.2, 126.05, 52.75, 123.3, 53.55, 121, 53.3, 120.1, 52.8, 120.65, 52.55, 120.75, 52.1, 119.15, 50.4, 119.25, 50.05, 117.85, 49.5, 116.7, 49.8, 115.5,
  48.15, 115.9, 47.7, 118.5, 48, 119.7, 47.15, 119.85, 46.65, 117.45, 46.6, 116.55, 46.3, 115.7, 45.45, 114.55, 45.4, 113.6, 44.75, 111.9, 45.05, 111.4,
  44.35, 111.95, 43.7, 109.45, 42.45, 106.75, 42.3, 105, 41.6, 101.5, 42.55, 96.4, 42.7, 95.35, 44.3, 93.5, 44.95, 90.9, 45.2, 90.65, 45.55, 91.05, 46.55,
  90.35, 47.65, 88, 48.55, 87.75, 49.15, 86.9, 49.1, 86.55, 48.55, 85.75, 48.4, 85.5, 47.05, 84.8, 46.85, 83.05, 47.2, 82.3, 45.6, 82.6, 45.4, 82.5, 45.15,
  81.7, 45.35, 79.85, 44.9, 80.5, 44.7, 80.35, 44.1, 80.8, 43.15, 80.15, 42.65, 80.25, 42.05, 78.1, 41.1, 76.9, 41, 76.3, 40.35, 75.7, 40.3, 75.5, 40.65, 74,
  40.05, 73.65, 39.45, 73.75, 38.7, 74.8, 38.45, 75.1, 37.4, 74.35, 37.15, 75.85, 36.65, 76.2, 35.8, 78.05, 35.5, 78.3, 34.65, 78.95, 34.3, 78.75, 34, 79.2,
  32.5, 78.4, 32.5, 78.75, 31.3, 79.1, 31.4, 81.1, 30.05, 82.05, 30.35, 86, 27.9, 88.75, 28.05, 88.9, 27.3, 89.9, 28.3, 92, 27.75, 94.6, 29.3, 95.4, 29.05,
  96.05, 29.45, 96.35, 29.25, 96.15, 28.9, 96.45, 29.05, 96.6, 28.75, 96.3, 28.4, 97.3, 28.2, 97.65, 28.5, 98.3, 27.55, 98.65, 27.55, 98.65, 25.85, 97.8,
  25.25, 97.55, 23.9, 98.85, 24.1, 98.85, 23.2, 99.5, 22.95, 99.15, 22.15, 99.9, 22.05, 100.15, 21.5, 101.1, 21.75, 101.25, 21.2, 101.75, 21.15, 101.7, 22.5,
  102.15, 22.4, 102.45, 22.75, 103, 22.45, 103.6, 22.8, 103.95, 22.55, 105.25, 23.35, 106.8, 22.8, 106.65, 22, 107.95, 21.5, 107.95, 21.4, 108.3, 20.6,
  108.2, 18.2, 109.5, 17.8, 110.9, 15.6, 113.2, 15.6, 113.4, 18.8, 114.6, 21.6, 117, 22.6, 118.6, 24, 119.4, 25, 120.2, 25.4, 120.9, 26.6, 122.6, 28.6,
  123.2, 30.6, 122.8, 34, 123.2, 37.2, 123.4, 38.9, 124, 39.6,
]

/** By the number of edges that a line to the east crosses. */
function isInChina({ lat, lng }: Coordinates): boolean {
  let isInside = false
  for (let i = 0; i < OUTLINE.length; i += 2) {
    const [x = 0, y = 0] = OUTLINE.slice(i, i + 2)
    const [nextX = 0, nextY = 0] = OUTLINE.slice((i + 2) % OUTLINE.length, ((i + 2) % OUTLINE.length) + 2)
    if (y > lat !== nextY > lat && lng < x + ((nextX - x) * (lat - y)) / (nextY - y)) isInside = !isInside
  }
  return isInside
}
