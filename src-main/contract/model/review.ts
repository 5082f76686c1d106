/** A search saved under a name. */
export interface SavedView {
  readonly id: string
  readonly name: string
  readonly query: string
  readonly zone: string | null
  readonly createdAt: string
}
