import { t } from '@/src/locales'
import { avatarOf, shortNameOf } from '../shared/identity'

/** How the author of rows is shown. It goes to the view once for each author and chunk; a row has its place in the list (scripts/vite/row-people.ts). */
export interface RowPerson {
  /** For screen readers in each row, and visible above the first of a run in a channel. */
  readonly name: string
  readonly letter: string
  readonly tone: string
  /** The style of the picture. Absent if there is none. */
  readonly picture?: string
}

/** The authors of a chunk, by user id, in the order in which they come. */
export class RowPeople {
  private readonly uids: string[] = []

  /** The place of `uid` in {@link list}. */
  placeOf(uid: string): number {
    const place = this.uids.indexOf(uid)
    return place < 0 ? this.uids.push(uid) - 1 : place
  }

  /** `me`: the user id of the reader. */
  list(me: string): readonly RowPerson[] {
    return this.uids.map((uid) => ({ name: uid === me ? t('list.you') : shortNameOf(uid), ...faceOf(uid) }))
  }
}

function faceOf(uid: string): Omit<RowPerson, 'name'> {
  const { letter, tone, picture } = avatarOf(`peer:${uid}`)
  return { letter, tone, ...(picture !== undefined && { picture }) }
}
