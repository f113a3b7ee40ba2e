// The words that plain English does without. One list for the comments, names and test names of the code (plain-english-rule.js) and for the documents.

/** @typedef {{ pattern: RegExp, instead: string }} Avoided */

const NAME_THE_ACTOR = 'name who it is: user, peer, sender, client, service, tab'

/** @type {Avoided[]} */
const WORDS = [
  { pattern: /\b(?:whom(?:ever)?|whose?oever|whoever)\b/, instead: NAME_THE_ACTOR },
  { pattern: /\b(?:no|some|any)body\b/, instead: NAME_THE_ACTOR },
  { pattern: /\boneself\b|\bone[’']s own\b|(?<=^|[.:;] )one[’']s\b/, instead: NAME_THE_ACTOR },
  // "Stands out", "stands in for" and "stand-in" are ordinary English.
  { pattern: /\b(?:stands?|stood|standing)\b(?!-in\b| in for\b| out\b| by\b| up\b)/, instead: 'say "is"' },
  { pattern: /\banew\b/, instead: 'say "again"' },
  { pattern: /\b(?:gives?|gave|given|giving) way\b/, instead: 'say what happens: yields, shrinks, is replaced' },
  // "Told apart" and "told from" compare two things.
  { pattern: /\b(?:is|are|was|were|been) told\b(?! (?:apart|from)\b)/, instead: 'say who learns it, and from what' },
  // "So many that …" and "so long as …" are ordinary English; "after so many ms" is not.
  { pattern: /\bso (?:many|long|often)\b(?![^.:;]*\b(?:that|as)\b)/, instead: 'name the number or the limit' },
  { pattern: /\bat hand\b/, instead: 'say "here", "loaded" or "known"' },
  { pattern: /\bfor ever\b/, instead: 'say "forever", or what ends it' },
  // "Meanwhile, …" at the start of a sentence is ordinary English.
  { pattern: /\bmeanwhile\b(?!,)|(?<!^|[.:] )meanwhile\b/, instead: 'say during what' },
  { pattern: /\banswers whether\b/, instead: 'say "Returns whether" or "Resolves to whether"' },
  { pattern: /(?<=^|[.:] )takes in\b/, instead: 'say "Receives", "Adds" or "Reads"' },
  { pattern: /(?<=^|[.:;] )what (?:is|are|was|were|has been|have been|had been|can be|must be|may be|cannot be)\b(?![^.;]*\?)/, instead: 'name the thing' },
]

/** Words that no name is made of, in the order in which a name is split: `isBegunAgain` is "is begun again". @type {Avoided[]} */
const NAMES = [
  { pattern: /\b(?:whom|whoever|nobody|somebody|anybody|oneself)\b/, instead: NAME_THE_ACTOR },
  { pattern: /\b(?:anew|begun again)\b/, instead: 'say "again" or "recreated"' },
  { pattern: /\bmeanwhile\b/, instead: 'say during what' },
  { pattern: /\bstands\b/, instead: 'say what state it is in' },
  { pattern: /\b(?:unkept|not kept)\b/, instead: 'say "unsaved"' },
  { pattern: /\b(?:owed|spared|unheard)\b/, instead: 'say what state it is in, or what has to be done' },
]

/**
 * The words of `text` to avoid, in order, each with its offset and what to write instead. Code in backticks and text in double quotes is skipped.
 * @param {string} text
 * @returns {{ index: number, word: string, instead: string }[]}
 */
export function avoidedWords(text) {
  return search(text.replace(/`[^`]*`|"[^"\n]*"/g, (quoted) => ' '.repeat(quoted.length)), WORDS)
}

/**
 * The same for a name in code, such as `isUnheard` or `SO_MANY`.
 * @param {string} name
 */
export function avoidedNames(name) {
  return search(name.replace(/([a-z\d])(?=[A-Z])/g, '$1 ').replace(/_/g, ' '), NAMES)
}

/** A space in a pattern is any number of spaces: a comment may break its line there. @param {string} text @param {Avoided[]} avoided */
function search(text, avoided) {
  return avoided
    .flatMap(({ pattern, instead }) => [...text.matchAll(new RegExp(pattern.source.replaceAll(' ', ' +'), 'gi'))].map((match) => ({ index: match.index, word: match[0], instead })))
    .sort((a, b) => a.index - b.index)
}
