/** Messages of the kinds location and card, as another client sends them: shared by the tests of H5 and of the compiled mini program. */

const LONG = '一个很长的名字，在气泡里放不下，'.repeat(6)

/** Fields of envelopes. */
export const PLACES = {
  bund: { kind: 'location', name: '外滩', address: '上海市黄浦区中山东一路', lat: 31.240018, lng: 121.490317 },
  london: { kind: 'location', name: 'Tower Bridge', address: 'Tower Bridge Rd, London', lat: 51.505456, lng: -0.075356 },
  long: { kind: 'location', name: LONG.slice(0, 100), address: LONG.repeat(2).slice(0, 200), lat: 0, lng: 0 },
  bare: { kind: 'location', name: '', address: '', lat: -12.5, lng: 130 },
  hebrew: { kind: 'location', name: 'הכותל המערבי', address: 'ירושלים\u202e', lat: 31.7767, lng: 35.2345 },
} as const

export const CARDS = {
  product: { kind: 'card', title: '明前龙井 250 克', text: '今年的新茶，限量 200 份', pairs: [['价格', '¥ 268.00'], ['产地', '杭州西湖']], link: 'https://shop.example/tea/1', picture: 'https://elsewhere.example/tea.png' },
  page: { kind: 'card', title: 'Storage', text: 'See what is kept on this device', page: '/src/pages/storage/storage' },
  unknown: { kind: 'card', title: 'A coupon', type: 'shop.coupon', page: '/pages/coupon' },
  long: { kind: 'card', title: 'W'.repeat(100), text: `${'字'.repeat(199)}！`, pairs: Array.from({ length: 4 }, (_, n) => ['标签'.repeat(15), `${n} ${'value'.repeat(19)}`]), link: `https://${'long.'.repeat(20)}example/` },
  hostile: { kind: 'card', title: '\u202eevil\u202c <b>title</b>', text: '&lt;img src=x&gt; {{ 1 }}\n\u0000\u200b', pairs: [['', ''], ['\u202ea', '\\n']] },
  hebrew: { kind: 'card', title: 'הזמנה חדשה (3)', text: 'תודה שקניתם ב-Shop', pairs: [['מחיר', '₪ 12.50']], link: 'https://shop.example/' },
} as const

/** Shown as messages that need a newer version. */
export const MALFORMED = [
  { kind: 'location', lat: 91, lng: 0 },
  { kind: 'location', name: 'x', lat: '1', lng: '2' },
  { kind: 'card', title: '' },
  { kind: 'card', title: 't', link: 'http://shop.example' },
  { kind: 'card', title: 't', pairs: {} },
] as const
