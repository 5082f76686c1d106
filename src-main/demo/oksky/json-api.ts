import type { Reply } from '../http/message.ts'

export const mediaType = 'application/vnd.api+json'

/** One error as jsonapi-resources writes it. */
export class JsonApiError extends Error {
  readonly status: number
  readonly code: string
  readonly title: string

  constructor(status: number, code: string, title: string, detail: string) {
    super(detail)
    this.status = status
    this.code = code
    this.title = title
  }
}

export const errorBody = ({ status, code, title, message }: JsonApiError): Reply => ({
  status,
  headers: { 'content-type': mediaType },
  body: JSON.stringify({ errors: [{ title, detail: message, code, status: String(status) }] }),
})

/** What a list request asks for, checked. */
export interface ListQuery {
  readonly pageNumber: number
  readonly pageSize: number
  /** Attribute names, `-` before those that descend. */
  readonly sort: readonly string[]
  readonly include: readonly string[]
  /** By type. */
  readonly fields: ReadonlyMap<string, ReadonlySet<string>>
  readonly filters: ReadonlyMap<string, readonly string[]>
  /** The parameters that links repeat. */
  readonly repeated: readonly (readonly [string, string])[]
}

export interface ListRules {
  readonly filters: readonly string[]
  readonly sortable: readonly string[]
  readonly includable: readonly string[]
  readonly isSortOn: boolean
}

export const defaultPageSize = 25
export const maxPageSize = 100

const commaList = (value: string): readonly string[] => value.split(',').filter((part) => part !== '')

const pageNumber = (name: string, value: string): number => {
  if (!/^\d{1,9}$/.test(value) || Number(value) === 0) {
    throw new JsonApiError(400, '118', 'Invalid page value', `${value} is not a valid value for ${name} page parameter.`)
  }
  return Number(value)
}

const pageSize = (value: string): number => {
  const size = pageNumber('size', value)
  if (size > maxPageSize) throw new JsonApiError(400, '118', 'Invalid page value', `size exceeds maximum page size of ${maxPageSize}.`)
  return size
}

/** Reads and checks query parameters; throws JsonApiError as the vendor's library would. */
export const parseListQuery = (parameters: URLSearchParams, type: string, rules: ListRules): ListQuery => {
  let number = 1
  let size = defaultPageSize
  let sort: readonly string[] = []
  let include: readonly string[] = []
  const fields = new Map<string, ReadonlySet<string>>()
  const filters = new Map<string, readonly string[]>()
  const repeated: (readonly [string, string])[] = []
  for (const [name, value] of parameters) {
    const [, family = name, key = ''] = /^(page|filter|fields)\[([^\]]+)\]$/.exec(name) ?? []
    if (family === 'page' && key === 'number') number = pageNumber('number', value)
    else if (family === 'page' && key === 'size') size = pageSize(value)
    else if (family === 'page') throw new JsonApiError(400, '105', 'Page parameter not allowed', `${key} is not an allowed page parameter.`)
    else {
      repeated.push([name, value])
      if (family === 'sort') sort = commaList(value)
      else if (family === 'include') include = commaList(value)
      else if (family === 'fields') fields.set(key, new Set(commaList(value)))
      else if (family === 'filter') filters.set(key, commaList(value))
      else throw new JsonApiError(400, '105', 'Param not allowed', `${name} is not allowed.`)
    }
  }
  for (const key of filters.keys()) {
    if (!rules.filters.includes(key)) throw new JsonApiError(400, '102', 'Filter not allowed', `${key} is not allowed.`)
  }
  for (const key of sort) {
    const attribute = key.replace(/^-/, '')
    if (!rules.isSortOn || !rules.sortable.includes(attribute)) {
      throw new JsonApiError(400, '114', 'Invalid sort criteria', `${attribute} is not a valid sort criteria for ${type}`)
    }
  }
  for (const path of include) {
    if (!rules.includable.includes(path))
      throw new JsonApiError(400, '112', 'Invalid field', `${path} is not a valid relationship of ${type}`)
  }
  return { pageNumber: number, pageSize: size, sort, include, fields, filters, repeated }
}

/** `first`, `prev`, `next`, `last`, percent-encoded, repeating what was asked; `next` is absent on the last page. */
export const pageLinks = (
  url: string,
  { pageNumber: number, pageSize: size, repeated }: ListQuery,
  recordCount: number,
): Readonly<Record<string, string>> => {
  const lastNumber = Math.max(1, Math.ceil(recordCount / size))
  const link = (target: number): string => {
    const all = [...repeated, ['page[number]', String(target)], ['page[size]', String(size)]] as const
    return `${url}?${all.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&')}`
  }
  return {
    first: link(1),
    ...(number > 1 ? { prev: link(number - 1) } : {}),
    ...(number < lastNumber ? { next: link(number + 1) } : {}),
    last: link(lastNumber),
  }
}
