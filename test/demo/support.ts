import { afterEach } from 'vitest'
import { startPracticeServices, type PracticeOptions, type PracticeServices } from '../../src-main/demo/index.ts'

/** A fixed moment, so that every run generates the same data. */
export const nowMs = Date.UTC(2026, 2, 18, 17, 30, 0)

const running: PracticeServices[] = []

afterEach(async () => {
  await Promise.all(running.splice(0).map((services) => services.close()))
})

/** Practice services of a test's own, closed after it. */
export const start = async (options: Partial<PracticeOptions> = {}): Promise<PracticeServices> => {
  const services = await startPracticeServices({ seed: 7, events: 600, nowMs, ...options })
  running.push(services)
  return services
}

export type Body = Record<string, unknown>

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly body: Body
}

const parsed = (text: string): Body => {
  try {
    return JSON.parse(text) as Body
  } catch {
    return {}
  }
}

export const get = async (url: string, headers: Record<string, string> = {}): Promise<Answer> => {
  const response = await fetch(url, { headers, redirect: 'manual' })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, body: parsed(text) }
}

export const post = async (url: string, form: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> => {
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(form), headers })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, body: parsed(text) }
}

/** Follows keys and indexes into parsed JSON; undefined where the way ends. */
export const at = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((current, key) => (typeof current === 'object' && current !== null ? (current as Body)[key] : undefined), value)

export const list = (value: unknown, ...path: readonly (string | number)[]): readonly unknown[] => {
  const found = at(value, ...path)
  if (!Array.isArray(found)) throw new TypeError(`There is no list at ${path.join('.')}.`)
  return found
}

/** Names of all fields, nested ones by their path, sorted: the shape of a record. */
export const shape = (value: unknown, prefix = ''): readonly string[] => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [prefix]
  const fields = Object.entries(value)
  return fields.length === 0 ? [prefix] : fields.flatMap(([name, field]) => shape(field, prefix === '' ? name : `${prefix}.${name}`)).sort()
}
