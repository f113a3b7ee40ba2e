import { expect, it } from 'vitest'
import { videoLength, voiceLength } from '@/src/chat/media/length-text'

it.each([
  [1, '1″'],
  [1_499, '1″'],
  [12_345, '12″'],
  [59_900, '60″'],
  [60_500, '1′01″'],
  [125_000, '2′05″'],
  [86_400_000, '1440′00″'],
])('has %d ms of a voice as %s', (ms, text) => expect(voiceLength(ms)).toBe(text))

it.each([
  [1, '0:00'],
  [34_000, '0:34'],
  [605_000, '10:05'],
  [3_599_600, '1:00:00'],
  [3_723_000, '1:02:03'],
  [86_400_000, '24:00:00'],
])('has %d ms of a video as %s', (ms, text) => expect(videoLength(ms)).toBe(text))
