// Which file of the mini program a module goes to. The import graph decides: by the packages that need a module, and how early.

/** How early a module is needed: to paint the first screen, for the conversation list itself, or after that. */
export type Stage = 'paint' | 'first' | 'later'

/** In the order in which they are loaded. */
export const STAGES: readonly Stage[] = ['paint', 'first', 'later']

/**
 * Modules that an earlier one imports but calls only later, which the graph cannot show. Each waits at least until its stage, as do modules that only it
 * needs.
 */
export const WAITS: Readonly<Record<string, Stage>> = {
  // Created after the first paint (src/stores/start.ts).
  'src/stores/chat.ts': 'first',
  'src/stores/settings.ts': 'first',
  'src/ui/conversations/save-launch-snapshot.ts': 'first',
  // Opened by a long press.
  'src/ui/conversations/conversation-menu.ts': 'later',
  // Created once the list is rendered.
  'src/rtm/local/index.ts': 'later',
  'src/rtm/agora-mini.ts': 'later',
  // Used once a thread is open, or a message is sent or received.
  'src/stores/chat/threads/thread.ts': 'later',
  'src/chat/timeline/timeline.ts': 'later',
  'src/stores/chat/joined-channels.ts': 'later',
  'src/stores/chat/send/outbox.ts': 'later',
  'src/chat/delivery/outbox-rules.ts': 'later',
  'src/chat/message/envelope.ts': 'later',
  'src/chat/emoji/emojis.ts': 'later',
  'src/storage/history/folding.ts': 'later',
  'src/storage/history/waiting-amendments.ts': 'later',
  'src/storage/history/waiting-sweep.ts': 'later',
  'src/storage/ids/id-index.ts': 'later',
  'src/storage/ids/old-pages.ts': 'later',
}

/** A module that uni-app loads although no module imports it: the app's entry or a page. */
export interface Root {
  readonly id: string
  /** The root folder of its subpackage, without a `/` at the end. '' in the main package. */
  readonly home: string
  readonly stage: Stage
}

/** An import: the module's id, and the stage it waits for if the importing module is loaded earlier. */
export type Import = readonly [id: string, waits: Stage]

/** Where a module is needed: `home` is the only subpackage that needs it, or '' for the main package. */
export interface Need {
  readonly home: string
  readonly stage: Stage
}

/** The place of each module that can be reached from `roots`. A module is as early as the earliest way to it. */
export function needsOf(roots: readonly Root[], importsOf: (id: string) => readonly Import[]): Map<string, Need> {
  const found = new Map<string, Need>()
  const open: (Need & { readonly id: string })[] = [...roots]
  for (let next = open.pop(); next; next = open.pop()) {
    const known = found.get(next.id)
    // A module that two packages need is in the main one: no subpackage may load another's files.
    const home = known && known.home !== next.home ? '' : next.home
    const stage = known && isEarlier(known.stage, next.stage) ? known.stage : next.stage
    if (known?.home === home && known.stage === stage) continue
    found.set(next.id, { home, stage })
    for (const [id, waits] of importsOf(next.id)) open.push({ id, home, stage: isEarlier(stage, waits) ? waits : stage })
  }
  return found
}

function isEarlier(one: Stage, other: Stage): boolean {
  return STAGES.indexOf(one) < STAGES.indexOf(other)
}

/**
 * The file of a module, without `.js`.
 * @param name the file in which uni-app would put it: `src/…` for a module of the program, `common/vendor` for a library
 */
export function chunkOf(name: string, { home, stage }: Need): string {
  if (name === 'common/assets') return name
  if (home !== '') return `${home}/common/${name === 'common/vendor' ? 'vendor' : 'own'}`
  // Each language is a separate file: only the one in use is run.
  if (!name.startsWith('src/') || /^src\/locales\/(zh|en)$/.test(name)) return name
  return `common/${stage}`
}
