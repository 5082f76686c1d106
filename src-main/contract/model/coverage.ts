/** complete: walked to its clean end · failed: tried and not finished · never: not asked for · expired: older than the service keeps when first asked. */
export type CoverageState = 'complete' | 'failed' | 'never' | 'expired'

/** One span of one stream of one connection. Half-open: `from` included, `to` excluded; null `from`: without a lower bound. */
export interface CoverageSpan {
  readonly connection: string
  readonly stream: string
  readonly from: string | null
  readonly to: string
  readonly state: CoverageState
}
