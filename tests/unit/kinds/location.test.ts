import { afterEach, describe, expect, it, vi } from 'vitest'
import { decode, encode } from '@/src/chat/message/envelope'
import { location } from '@/src/kinds/location/spec'
import { view } from '@/src/kinds/location/view'
import { toGcj02 } from '@/src/platform/gcj02'
import { locale, t } from '@/src/locales'
import { importForH5 } from '../../support/h5'

afterEach(() => vi.unstubAllGlobals())

const BUND = { kind: 'location', name: '外滩', address: '上海市黄浦区中山东一路', lat: 31.240018, lng: 121.490317 } as const
const message = { id: 'a', seq: 1, from: 'bob', at: 1, conversation: 'peer:bob', isOwn: false } as const

describe('a location', () => {
  it.each([
    { lat: 90.1 },
    { lat: -91 },
    { lng: 180.000001 },
    { lng: '121.4' },
    { lat: null },
    { lat: undefined },
    { name: 3 },
    { name: 'x'.repeat(101) },
    { address: 'x'.repeat(201) },
  ])('with %j is shown as one that needs a newer version', (fields) => {
    expect(decode(JSON.stringify({ v: 1, id: 'a', ...BUND, ...fields }))).toMatchObject({ body: { kind: 'unsupported' } })
  })

  it('goes with six decimals', () => {
    const text = encode({ kind: 'message', id: 'a', body: { ...BUND, lat: 31.24001849999, lng: -0.0000001 } }, 'rich')
    expect(JSON.parse(text)).toMatchObject({ lat: 31.240018, lng: 0 })
    expect(text).not.toContain('-0')
    expect(decode(JSON.stringify({ v: 1, id: 'a', kind: 'location', lat: 1.00000049, lng: 2 }))).toMatchObject({ body: { name: '', address: '', lat: 1, lng: 2 } })
  })

  it('is named in the list, and by its address if it has no name', () => {
    const lineOf = (body: typeof BUND | (Omit<typeof BUND, 'name' | 'address'> & { name: string; address: string })) => location.line(location.excerpt(body, 60), t)
    expect(lineOf(BUND)).toBe('[位置] 外滩')
    expect(lineOf({ ...BUND, name: '' })).toBe(`[位置] ${BUND.address}`)
    expect(lineOf({ ...BUND, name: '', address: '' })).toBe('[位置]')
    locale.value = 'en'
    expect(lineOf(BUND)).toBe('[Location] 外滩')
    locale.value = 'zh'
  })

  it('says in plain text where it is', () => {
    expect(location.plain?.(BUND)).toBe('📍 外滩\n上海市黄浦区中山东一路\n31.240018, 121.490317')
  })

  it('opens on WeChat’s map where that shows it: in GCJ-02', async () => {
    const openLocation = vi.fn(({ success }: { success(): void }) => success())
    vi.stubGlobal('uni', { openLocation })
    await view.taps?.map?.(BUND, { value: '', message })
    const [{ latitude, longitude, name, address }] = openLocation.mock.calls[0] as unknown as [{ latitude: number; longitude: number; name: string; address: string }]
    expect([name, address]).toEqual([BUND.name, BUND.address])
    expect({ lat: latitude, lng: longitude }).toEqual(toGcj02({ lat: BUND.lat, lng: BUND.lng }))
  })

  it('that WeChat cannot open is a sentence', async () => {
    const showModal = vi.fn(({ success }: { success(answer: object): void }) => success({ confirm: true }))
    vi.stubGlobal('uni', { openLocation: ({ fail }: { fail(failure: object): void }) => fail({ errMsg: 'openLocation:fail system permission denied' }), showModal })
    await view.taps?.map?.(BUND, { value: '', message })
    expect(showModal.mock.calls[0]?.[0]).toMatchObject({ title: '没能打开地图' })
  })

  it('opens on H5 a page of the map of the build, in WGS-84', async () => {
    const clicked: string[] = []
    vi.stubGlobal('window', { addEventListener: () => {} })
    vi.stubGlobal('document', { createElement: () => ({ href: '', target: '', click() { clicked.push(`${this.target} ${this.href}`) } }) })
    const { openMap } = await importForH5<typeof import('@/src/ui/shared/open-map')>('src/ui/shared/open-map.ts')
    await openMap({ ...BUND, name: 'a&b=c 外\ud800' })
    expect(clicked).toEqual([`_blank https://uri.amap.com/marker?position=121.490317,31.240018&name=a%26b%3Dc%20${encodeURIComponent('外\ufffd')}&coordinate=wgs84`])
  })
})
