import type { Store } from '../../gateway/store/port'

/** `store` with some of its operations replaced. */
export function storeWith(store: Store, replaced: Partial<Store>): Store {
  return Object.assign(Object.create(store) as Store, replaced)
}
