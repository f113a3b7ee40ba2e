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

/** The outline below is in steps of 0.05 degrees. */
const STEPS_PER_DEGREE = 20

/** The corner at which the outline starts and ends, in steps. */
const START: readonly [lng: number, lat: number] = [2487, 800]

/**
 * Where maps use GCJ-02: mainland China, Hong Kong and Macau; not Taiwan, whose maps use WGS-84. The edges of a closed polygon, each as the steps to
 * the east and to the north: the land border of Natural Earth (public domain, 1:50 million), simplified to 0.2 degrees, then a line through the sea that leaves
 * Hainan and the coastal islands inside. Within some 20 km of the land border the other side may be meant.
 */
const EDGES: readonly number[] = [
  33, 18, 14, 16, 29, -6, -2, 12, 33, 9, 4, 11, 13, -9, -2, 4, 12, 3, 4, 23, -5, 16, 17, 10, 25, -4, 21, 43, 12, 8, -2, 11, -7, 2, -36, -13, -31, 0, -8, 23,
  -60, 19, 1, 8, -31, 51, -55, 16, -46, -5, -18, -10, 11, -5, 2, -9, -32, -34, 2, -7, -28, -11, -23, 6, -24, -33, 8, -9, 52, 6, 24, -17, 3, -10, -48, -1, -18,
  -6, -17, -17, -23, -1, -19, -13, -34, 6, -10, -14, 11, -13, -50, -25, -54, -3, -35, -14, -70, 19, -102, 3, -21, 32, -37, 13, -52, 5, -5, 7, 8, 20, -14, 22,
  -47, 18, -5, 12, -17, -1, -7, -11, -16, -3, -5, -27, -14, -4, -35, 7, -15, -32, 6, -4, -2, -5, -16, 4, -37, -9, 13, -4, -3, -12, 9, -19, -13, -10, 2, -12,
  -43, -19, -24, -2, -12, -13, -12, -1, -4, 7, -30, -12, -7, -12, 2, -15, 21, -5, 6, -21, -15, -5, 30, -10, 7, -17, 37, -6, 5, -17, 13, -7, -4, -6, 9, -30,
  -16, 0, 7, -24, 7, 2, 40, -27, 19, 6, 79, -49, 55, 3, 3, -15, 20, 20, 42, -11, 52, 31, 16, -5, 13, 8, 6, -4, -4, -7, 6, 3, 3, -6, -6, -7, 20, -4, 7, 6, 13,
  -19, 7, 0, 0, -34, -17, -12, -5, -27, 26, 4, 0, -18, 13, -5, -7, -16, 15, -2, 5, -11, 19, 5, 3, -11, 10, -1, -1, 27, 9, -2, 6, 7, 11, -6, 12, 7, 7, -5, 26,
  16, 31, -11, -3, -16, 26, -10, 0, -2, 7, -16, -2, -48, 26, -8, 28, -44, 46, 0, 4, 64, 24, 56, 48, 20, 32, 28, 16, 20, 16, 8, 14, 24, 34, 40, 12, 40, -8, 68,
  8, 64, 4, 34, 12, 14, 7, 8,
]

/** By the number of edges that a line to the east crosses. */
function isInChina(place: Coordinates): boolean {
  const lng = place.lng * STEPS_PER_DEGREE
  const lat = place.lat * STEPS_PER_DEGREE
  let [x, y] = START
  let isInside = false
  for (let i = 0; i < EDGES.length; i += 2) {
    const [east = 0, north = 0] = EDGES.slice(i, i + 2)
    if (y > lat !== y + north > lat && lng < x + (east * (lat - y)) / north) isInside = !isInside
    x += east
    y += north
  }
  return isInside
}
