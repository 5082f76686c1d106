import type { RequestOptions, ServiceClient, ServiceResponse } from '../define.ts'

/** Look-ups are at most so many requests of a run, or one for so many other requests (a tenth of all), whichever is more. */
const fewRequests = 3
const otherRequestsPerLookUp = 9

/** What a look-up gets instead of an answer once the run's share of look-ups is spent. */
export class ShareSpent extends Error {
  override readonly name = 'ShareSpent'
}

/**
 * The client of a run as look-ups get it: whatever one turns out to need, no request goes out beyond the share. Requests that are sent again after a
 * fault, and sign-ins on the way, count too. Rejects with ShareSpent, and as the client does.
 */
export class LookUpShare implements ServiceClient {
  readonly #run: ServiceClient
  #spent = 0

  constructor(run: ServiceClient) {
    this.#run = run
  }

  get baseUrl(): URL {
    return this.#run.baseUrl
  }

  get aheadMs(): number {
    return this.#run.aheadMs
  }

  /** Requests that look-ups have taken. */
  get requestCount(): number {
    return this.#spent
  }

  /** Whether one more request is within the share. */
  get canAsk(): boolean {
    return this.#spent < Math.max(fewRequests, Math.floor((this.#run.requestCount - this.#spent) / otherRequestsPerLookUp))
  }

  allowOrigin(origin: string): void {
    this.#run.allowOrigin(origin)
  }

  tame(text: string): string {
    return this.#run.tame(text)
  }

  async request(pathOrUrl: string | URL, options?: RequestOptions): Promise<ServiceResponse> {
    if (!this.canAsk) throw new ShareSpent()
    const before = this.#run.requestCount
    try {
      return await this.#run.request(pathOrUrl, options)
    } finally {
      this.#spent += this.#run.requestCount - before
    }
  }
}
