/** The users that this client knows: those who wrote, and how they want to be shown. In memory; the rows of the index and the messages bring them back. */
import { shallowRef, type ShallowRef } from 'vue'
import { conversationKind, conversationTarget, type Conversation } from '@/src/chat/conversation/conversation'
import type { Profile } from '@/src/chat/message/common-fields'
import type { Message } from '@/src/chat/message/message'
import { displayId, shortName } from '@/src/chat/text/names'
import { isolated, seenPart } from '@/src/chat/text/written-text'

/** Above this number, those who have not been heard for longest are forgotten. */
const PEOPLE_MAX = 2_000

/** How a user is shown. */
export interface ShownPerson {
  /** On one line: the user's name, with the id beside it if another user has the same name or this id, or if the name itself seems to have an id. The id if there is no name. */
  readonly name: string
  /** `name` where there is little room. Absent if that has room for all of it. An id is never cut. */
  readonly short?: string | undefined
  /** As in {@link Profile}. */
  readonly avatar?: string | undefined
}

interface Person {
  readonly uid: string
  readonly shown: ShallowRef<ShownPerson>
  profile?: Profile
  /** ms since 1970 of the message that `profile` came with. */
  profileAt: number
  /** ms since 1970 of the last message. -Infinity for a user who was only named. */
  heardAt: number
}

export class People {
  private readonly people = new Map<string, Person>()
  /** The users of each name and id, by {@link folded} and {@link keysOf}: two in one set look alike. */
  private readonly alike = new Map<string, Set<Person>>()

  /** `uid`: the user of this client. Another user with this name is shown with an id too. */
  constructor(private readonly uid = '') {
    if (uid !== '') this.person(uid)
  }

  /** How a user is shown. It changes with the user's profile, and with those of users of the same name. */
  shown(uid: string): Readonly<ShallowRef<ShownPerson>> {
    return this.person(uid).shown
  }

  /** The users who wrote something, the last one first. */
  heard(): string[] {
    const all = [...this.people.values()].filter(({ uid, heardAt }) => heardAt > -Infinity && uid !== this.uid)
    return all.sort((a, b) => b.heardAt - a.heardAt).map(({ uid }) => uid)
  }

  /** These messages were read or received: the newest profile of each author counts. */
  hear(messages: readonly Message[]): void {
    for (const { from, at, by } of messages) if (from !== '' && from !== this.uid) this.note(from, at, by)
  }

  /** A row of the index has the profile of a peer, or of the author of a channel's last message. */
  hearRow({ id, at, preview, by }: Conversation): void {
    const uid = conversationKind(id) === 'peer' ? conversationTarget(id) : preview?.from
    if (uid && uid !== this.uid) this.note(uid, preview?.at ?? at, by)
  }

  /** How the user of this client wants to be shown. */
  setOwn(profile: Profile | undefined): void {
    this.change(this.person(this.uid), profile)
  }

  private note(uid: string, at: number, profile: Profile | undefined): void {
    const person = this.person(uid)
    if (at > person.heardAt) person.heardAt = at
    if (!profile || at < person.profileAt) return
    person.profileAt = at
    if (profile.name !== person.profile?.name || profile.avatar !== person.profile?.avatar) this.change(person, profile)
  }

  private person(uid: string): Person {
    const known = this.people.get(uid)
    if (known) return known
    if (this.people.size >= PEOPLE_MAX) this.forgetSome()
    const person: Person = { uid, shown: shallowRef({ name: displayId(uid) }), profileAt: -Infinity, heardAt: -Infinity }
    this.people.set(uid, person)
    this.join(folded(uid), person)
    return person
  }

  private change(person: Person, profile: Profile | undefined): void {
    const former = person.profile?.name
    if (profile) person.profile = profile
    else delete person.profile
    if (former !== profile?.name) {
      for (const key of keysOf(former)) this.leave(key, person)
      for (const key of keysOf(profile?.name)) this.join(key, person)
    }
    this.show(person)
  }

  private join(key: string, person: Person): void {
    const users = this.alike.get(key) ?? new Set()
    this.alike.set(key, users.add(person))
    // With a third one the others are shown with their ids already.
    if (users.size === 2) for (const other of users) this.show(other)
  }

  private leave(key: string, person: Person): void {
    const users = this.alike.get(key)
    if (!users || key === folded(person.uid)) return
    users.delete(person)
    if (users.size === 0) this.alike.delete(key)
    else if (users.size === 1) for (const other of users) this.show(other)
  }

  private show({ uid, profile, shown }: Person): void {
    const id = displayId(uid)
    const { name, avatar } = profile ?? {}
    const set = (next: ShownPerson) => {
      if (next.name !== shown.value.name || next.short !== shown.value.short || next.avatar !== shown.value.avatar) shown.value = next
    }
    if (name === undefined) return set({ name: id, avatar })
    const isAlone = keysOf(name).every((key) => (this.alike.get(key)?.size ?? 0) < 2)
    if (!isAlone || seemsToHaveId(name)) return set({ name: `${isolated(name)} (${isolated(id)})`, avatar })
    const short = shortName(name)
    set({ name, avatar, ...(short !== name && { short }) })
  }

  /** Half of them, so that this is rare. */
  private forgetSome(): void {
    const others = [...this.people.values()].filter(({ uid }) => uid !== this.uid).sort((a, b) => b.heardAt - a.heardAt)
    for (const person of others.slice(PEOPLE_MAX / 2)) {
      this.people.delete(person.uid)
      for (const key of [folded(person.uid), ...keysOf(person.profile?.name)]) {
        const users = this.alike.get(key)
        users?.delete(person)
        if (users?.size === 0) this.alike.delete(key)
      }
    }
  }
}

/** A name as the eye compares it: without capitals, invisible characters and wide forms. */
function folded(name: string): string {
  return seenPart(name.normalize('NFKC').toLowerCase())
}

/** A name in each form in which it is shown. Of no name, none. */
function keysOf(name: string | undefined): readonly string[] {
  return name === undefined ? [] : [...new Set([folded(name), folded(shortName(name))])]
}

/** Whether a name could be read as one with an id beside it. */
function seemsToHaveId(name: string): boolean {
  return folded(name).includes('(')
}
