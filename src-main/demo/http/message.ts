/** A request as a practice service reads it: method, path and parameters, with the body already collected. */
export interface PracticeRequest {
  readonly method: string
  /** Percent-decoded path. */
  readonly path: string
  readonly query: URLSearchParams
  /** Path and query as sent. */
  readonly target: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Ids of the events in the body, in order; absent for replies that list none. */
  readonly eventIds?: readonly string[]
}

/** A JSON answer; `type` replaces the content type. */
export const jsonReply = (status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  body: JSON.stringify(value),
})

export const htmlReply = (status: number, title: string): Reply => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: `<html>\r\n<head><title>${title}</title></head>\r\n<body><center><h1>${title}</h1></center><hr><center>nginx</center></body>\r\n</html>\r\n`,
})

/** Fields of a form-encoded or JSON body; nothing for any other. */
export const bodyParameters = (request: PracticeRequest): URLSearchParams => {
  const type = request.headers['content-type'] ?? ''
  if (type.includes('application/x-www-form-urlencoded')) return new URLSearchParams(request.body)
  if (!type.includes('application/json')) return new URLSearchParams()
  const parameters = new URLSearchParams()
  const fields: unknown = parsedOrNull(request.body)
  if (typeof fields !== 'object' || fields === null) return parameters
  for (const [name, value] of Object.entries(fields)) {
    if (Array.isArray(value)) for (const element of value) parameters.append(`${name}[]`, String(element))
    else parameters.append(name, String(value))
  }
  return parameters
}

const parsedOrNull = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** One page of a list, by number of items to skip. */
export const slice = <T>(list: readonly T[], skip: number, size: number): readonly T[] => list.slice(skip, skip + size)

/** A whole number ≥ `least` in a parameter, or null when it is none. */
export const wholeNumber = (text: string | null, least = 0): number | null => {
  if (text === null || !/^\d{1,12}$/.test(text)) return null
  const value = Number(text)
  return value >= least ? value : null
}
