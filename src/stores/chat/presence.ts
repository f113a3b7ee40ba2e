/** Which peers are online, of those whose chats are or were open. */
import { shallowRef, type ShallowRef } from 'vue'
import { getOrSet } from '@/src/chat/util/get-or-set'
import type { PeerOnlineState } from '@/src/rtm/port'
import type { Client } from './client'
import { PeerWatch } from './peer-watch'

export class Presence {
  private readonly peers = new Map<string, ShallowRef<PeerOnlineState | undefined>>()
  private readonly watched: PeerWatch

  constructor(private readonly client: Client) {
    this.watched = new PeerWatch((uids) => this.client.subscribePeers(uids))
  }

  /** Whether the peer is online; undefined until it is known. */
  state(uid: string): ShallowRef<PeerOnlineState | undefined> {
    return getOrSet(this.peers, uid, () => shallowRef())
  }

  /** Subscribes to whether the peer is online, if the backend can tell. */
  watch(uid: string): void {
    if (this.client.hasPresence) this.watched.watch(uid)
  }

  /** The service reports a peer's state. Returns false for a peer that no view subscribes to. */
  changed(uid: string, state: PeerOnlineState): boolean {
    if (!this.watched.isWatched(uid)) return false
    this.state(uid).value = state
    return true
  }

  /** The connection works. `resumed`: same session, whose subscriptions the client has renewed. */
  connected(resumed: boolean): void {
    this.watched.connected(resumed)
  }

  clear(): void {
    this.peers.clear()
    this.watched.clear()
  }
}
