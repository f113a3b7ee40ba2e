/** Everything of wx that takes, shows or plays pictures, sounds, videos and files. */
import type { AlbumEntry, AudioSnapshot, GivenFile, GivenPlace, PermissionScope, PermissionState } from '../../drive/driver'
import type { AppJson, HostParts } from '../../runtime/types'
import type { Problems } from '../../runtime/problems'
import type { Suspension } from '../../runtime/suspension'
import { fromBase64 } from '../encodings'
import type { Permissions } from '../permissions'
import type { PhoneFiles } from '../phone-files'
import type { Privacy } from '../privacy'
import { AudioPlayers } from './audio'
import { Choices } from './choices'
import { choosingApi } from './choosing'
import { picturesApi } from './pictures'
import { Recorder } from './recorder'
import { Showing } from './showing'

/** What the parts need of the phone. */
export interface Surroundings {
  readonly problems: Problems
  /** Records a call for tests. */
  record(name: string, options: unknown): void
  readonly privacy: Pick<Privacy, 'allow'>
  readonly permit: Pick<Permissions, 'scope' | 'system'>
}

/** A {@link GivenFile} as a test hands it over. */
export type GivenFileJson = Omit<GivenFile, 'bytes' | 'thumb'> & { readonly base64: string; readonly thumbBase64?: string }

export class Media {
  private readonly picks = new Choices<readonly GivenFile[]>()
  private readonly places = new Choices<GivenPlace>()
  private readonly recorder: Recorder
  private readonly players: AudioPlayers
  private readonly showing: Showing

  constructor(
    private readonly around: Surroundings,
    private readonly host: HostParts,
    private readonly files: PhoneFiles,
    private readonly app: AppJson,
    private readonly permissions: Permissions,
    suspension: Suspension,
  ) {
    this.recorder = new Recorder(around, host, files, suspension)
    this.players = new AudioPlayers(around, host, files, suspension)
    this.showing = new Showing(around, files)
  }

  api(): Record<string, unknown> {
    const { around, host, files, app, picks, places } = this
    const manager = this.recorder.manager()
    return {
      ...this.permissions.api(),
      ...choosingApi({ ...around, host, files, app, picks, places }),
      ...picturesApi(around.problems, host, files),
      ...this.players.api(),
      ...this.showing.api(),
      getRecorderManager: () => manager,
    }
  }

  /** A call of the phone begins or ends. */
  interrupted(isBegin: boolean): void {
    if (isBegin) this.players.interrupt()
    this.recorder.interrupted(isBegin)
  }

  give(files: readonly GivenFileJson[] | 'cancel'): void {
    this.picks.give(files === 'cancel' ? files : files.map(({ base64, thumbBase64, ...file }) => ({ ...file, bytes: fromBase64(base64), ...(thumbBase64 === undefined ? {} : { thumb: fromBase64(thumbBase64) }) })))
  }

  givePlace(place: GivenPlace | 'cancel'): void {
    this.places.give(place)
  }

  setPermission(scope: PermissionScope, state: PermissionState): void {
    this.permissions.set(scope, state)
  }

  album(): AlbumEntry[] {
    return [...this.showing.album]
  }

  audio(): AudioSnapshot[] {
    return this.players.snapshot()
  }
}
