import { TrailviewError } from '../../../contract/errors.ts'
import type { ConnectionOptions } from '../../../contract/model/connection.ts'
import type { ConnectorMemory, RawRecord, RequestOptions, ServiceClient, ServiceResponse } from '../define.ts'
import { fieldsOf, listOf, textOf, type Fields } from '../kit/fields.ts'
import { optionOf } from '../kit/options.ts'
import { bodyFields } from '../kit/sign-in.ts'
import { recordAt, recordsAt } from '../runtime/records.ts'

/** Version 2 names the actor, version 1 does not. Their records differ, so a connection stays with the one it began with. */
export type Flavour = 'v1' | 'v2'

export const eventPath: Readonly<Record<Flavour, string>> = { v1: '/api/event', v2: '/v2/event' }

export type ListAnswer = { readonly kind: 'records'; readonly records: readonly RawRecord[] } | { readonly kind: 'refused' | 'absent' }

/** The version to ask: the user's choice, else what was found before, else null. */
export function knownFlavour(options: ConnectionOptions, memory: ConnectorMemory): Flavour | null {
  const known = optionOf(options, 'api') ?? memory.get('api')
  return known === 'v1' || known === 'v2' ? known : null
}

/** One page of events. `refused`: a parameter was not understood (400) · `absent`: this version is not there (404). */
export async function listEvents(
  client: ServiceClient,
  flavour: Flavour,
  query: NonNullable<RequestOptions['query']>,
): Promise<ListAnswer> {
  const response = await client.request(eventPath[flavour], { query, accept: [400, 404] })
  if (response.status === 400) return { kind: 'refused' }
  const body = bodyFields(response)
  if (response.status === 404 || isNotFound(body)) return { kind: 'absent' }
  throwIfFailed(client, response, body)
  // An empty list may come as null.
  const isEmpty = body?.['data'] === null && /^(success|updated)?$/i.test(textOf(body['message']) ?? '')
  return { kind: 'records', records: isEmpty ? [] : recordsAt(response, ['data']) }
}

/** One event by its id; null when the service says in any of its ways that it is not there. */
export async function fetchEvent(client: ServiceClient, flavour: Flavour, id: string, accountId: string | null): Promise<RawRecord | null> {
  const path = `${eventPath[flavour]}/${encodeURIComponent(id)}`
  const response = await client.request(path, { query: accountId === null ? [] : [['account_id', accountId]], accept: [404, 500] })
  const body = bodyFields(response)
  if (response.status === 404 || isNotFound(body)) return null
  if (response.status === 500) {
    throw new TrailviewError('SERVICE_UNAVAILABLE', `${response.url.host} answered 500 when asked for the event. Try again later.`, {
      retryable: true,
    })
  }
  throwIfFailed(client, response, body)
  return recordAt(response, ['data'])
}

/** Not found is said in three ways: status 404, status 200 with the message, status 500 with the message. */
export function isNotFound(body: Fields | null): boolean {
  return (
    /^not[ _-]?found$/i.test(textOf(body?.['message'])?.trim() ?? '') ||
    errorsOf(body).some(({ code, message }) => /not[ _-]?found/i.test(`${code} ${message}`))
  )
}

/** A failure inside a 200: `status` is a number, or a word such as "success". */
function throwIfFailed(client: ServiceClient, response: ServiceResponse, body: Fields | null): void {
  const status = textOf(body?.['status'])
  const isFailure =
    errorsOf(body).length > 0 || (status !== null && (/^[45]\d\d$/.test(status) || /^(error|failed|failure)$/i.test(status)))
  if (!isFailure) return
  const said = client.tame(readLyticsError(response)?.message ?? `status ${status}`)
  throw new TrailviewError(
    status === '401' ? 'SERVICE_UNAUTHORIZED' : status === '403' ? 'SERVICE_FORBIDDEN' : 'SERVICE_UNEXPECTED',
    `${response.url.host} answered ${response.url.pathname} with an error: "${said}". Check the options of the connection, or try again later.`,
    {
      retryable: status?.startsWith('5') ?? false,
    },
  )
}

/** `{"message", "status"}` of version 1, `{"errors": [{"code", "message"}]}` of version 2. */
export function readLyticsError(response: ServiceResponse): { readonly code: string | null; readonly message: string } | null {
  const body = bodyFields(response)
  const [first] = errorsOf(body)
  if (first !== undefined) return { code: first.code === '' ? null : first.code, message: first.message }
  const message = textOf(body?.['message'])
  return message === null ? null : { code: textOf(body?.['status']), message }
}

function errorsOf(body: Fields | null): readonly { readonly code: string; readonly message: string }[] {
  return listOf(body?.['errors']).flatMap((entry) => {
    const error = fieldsOf(entry)
    return error === null ? [] : [{ code: textOf(error['code']) ?? '', message: textOf(error['message']) ?? 'no message' }]
  })
}
