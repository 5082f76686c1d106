import { jsonReply, type Reply } from '../http/message.ts'

/** An error of the API, before it is known in which version's shape it leaves. */
export class CfError extends Error {
  readonly status: number
  readonly code: number
  readonly title: string

  constructor(status: number, code: number, title: string, detail: string) {
    super(detail)
    this.status = status
    this.code = code
    this.title = title
  }
}

export const badQuery = (detail: string): CfError =>
  new CfError(400, 10005, 'CF-BadQueryParameter', `The query parameter is invalid: ${detail}`)
export const notFound = (detail: string): CfError => new CfError(404, 10010, 'CF-ResourceNotFound', detail)
export const unknownRequest = (): CfError => new CfError(404, 10000, 'CF-NotFound', 'Unknown request')

export const errorReply = (error: CfError, version: 2 | 3): Reply =>
  version === 2
    ? jsonReply(error.status, { description: error.message, error_code: error.title, code: error.code })
    : jsonReply(error.status, { errors: [{ code: error.code, title: error.title, detail: error.message }] })

/** The code and title the API uses for a bare status. */
export const errorForStatus = (status: number, message: string): CfError => {
  switch (status) {
    case 429:
      return new CfError(429, 10013, 'CF-RateLimitExceeded', message)
    case 503:
      return new CfError(503, 10015, 'CF-ServiceUnavailable', message)
    default:
      return new CfError(status, 10001, 'UnknownError', message)
  }
}
