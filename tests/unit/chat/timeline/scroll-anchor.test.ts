import { expect, it } from 'vitest'
import { scrollAnchor, type ScrollAnchor, type ScrollSituation, type ThreadView } from '@/src/chat/timeline/scroll-anchor'

/** `from-to/length` in seqs. */
function view(words: string, target?: ThreadView['target']): ThreadView {
  const [from = 0, to = 0, length = 0] = words.split(/[-/]/).map(Number)
  return target === undefined ? { from, to, length } : { from, to, length, target }
}

const at = (previous: string | undefined, next: string | ThreadView, rest: Partial<ScrollSituation> = {}): ScrollSituation => ({
  previous: previous === undefined ? undefined : view(previous),
  next: typeof next === 'string' ? view(next) : next,
  atBottom: false,
  ...rest,
})

const cases: [string, ScrollSituation, ScrollAnchor][] = [
  ['opened, all read', at(undefined, '60-100/100', { readTo: 100 }), 'to-bottom'],
  ['opened, some unread', at(undefined, '60-100/100', { readTo: 88 }), 'to-unread-divider'],
  ['opened, all unread', at(undefined, '0-40/40', { readTo: 0 }), 'to-unread-divider'],
  ['opened, the first unread above the window', at(undefined, '60-100/100', { readTo: 10 }), 'to-bottom'],
  ['opened, nothing known of reading', at(undefined, '60-100/100'), 'to-bottom'],
  ['opened at a message', at(undefined, view('20-60/100', 41), { readTo: 30 }), 'to-message'],
  ['opened, empty', at(undefined, '0-0/0', { readTo: 0 }), 'to-bottom'],
  ['filled after an empty window', at('0-0/100', '60-100/100', { readTo: 88 }), 'to-unread-divider'],
  ['the first message ever', at('0-0/0', '0-1/1', { readTo: 1 }), 'to-bottom'],

  ['older ones above', at('60-100/100', '20-100/100'), 'stay'],
  ['older ones above, at the bottom of a short thread', at('60-100/100', '20-100/100', { atBottom: true }), 'stay'],
  ['older ones above, trimmed below', at('60-220/400', '20-180/400'), 'stay'],
  ['newer ones below', at('20-80/100', '20-100/100', { atBottom: true }), 'stay'],
  ['newer ones below, trimmed above', at('20-180/400', '60-220/400', { atBottom: true }), 'stay'],
  ['a new status', at('60-100/100', '60-100/100', { atBottom: true }), 'stay'],

  ['older ones above, one chunk, a spacer for what went below', at('60-220/400', '40-200/400'), 'stay'],
  ['far up into the spacer above, past what was shown', at('160-280/400', '40-80/400'), 'stay'],
  ['far down into the spacer below, past what was shown', at('40-160/400', '300-340/400'), 'stay'],
  ['far down into the spacer below, to the newest', at('40-160/400', '360-400/400'), 'stay'],
  ['back down, spacers above', at('40-200/400', '60-220/400'), 'stay'],
  ['the keyboard opens, at the bottom', at('60-100/100', '60-100/100', { atBottom: true, resized: true }), 'to-bottom'],
  ['the text area grows, further up', at('60-100/100', '60-100/100', { resized: true }), 'stay'],
  ['the keyboard opens, at the end of a window that stops short', at('20-80/100', '20-80/100', { atBottom: true, resized: true }), 'stay'],
  ['opened at a message, some unread below', at(undefined, view('0-40/100', 12), { readTo: 20 }), 'to-message'],

  ['a jump to a message far away', at('60-100/100', view('0-40/100', 12)), 'to-message'],
  ['a jump to a message in the window', at('60-100/100', view('60-100/100', 61)), 'to-message'],
  ['a jump to the first message', at('60-100/100', view('0-40/100', 0)), 'to-message'],
  ['a jump to the newest', at('0-40/100', view('60-100/100', 'latest')), 'to-bottom'],
  ['a jump to the newest that overlaps', at('20-80/100', view('20-100/100', 'latest')), 'to-bottom'],
  ['a jump to the newest that is shown', at('60-100/100', view('60-100/100', 'latest')), 'to-bottom'],
]

it.each(cases)('%s', (_name, situation, expected) => {
  expect(scrollAnchor(situation)).toBe(expected)
})
