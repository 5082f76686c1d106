/**
 * A set of random keys, each with a number it stands for. New keys wait in `<tree>_recent`, in order of arrival, and are merged into
 * the tree in bulk; while that goes on a key stands in both. The writer looks them up in `write/key-index.ts`.
 */
export interface KeySet {
  readonly tree: 'identity' | 'entry_key'
  readonly column: 'seq' | 'entry'
  readonly keyBytes: number
  /**
   * Keys gathered before they are merged. Keys are random, so each one written into the tree by itself would cost a page of its own
   * in the log: gathered, several share a page. Nearly as many as fit into a table of a power of two before it grows (`write/key-table.ts`).
   */
  readonly generationKeys: number
  /** Keys found in the tree that the writer remembers, twice as many at most. */
  readonly recalledKeys: number
}
