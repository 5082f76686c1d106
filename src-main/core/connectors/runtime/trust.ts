import { TrailviewError } from '../../../contract/errors.ts'
import { isLoopback } from './transport.ts'

/** Throws CONNECTION_INVALID unless the credential may be sent there: over https, or to this machine. */
export function assertSafe(url: URL): void {
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))) return
  throw new TrailviewError(
    'CONNECTION_INVALID',
    `${url.host} is not asked over plain http, because the credential could be read on the way. Use an https address; http is for this machine only.`,
  )
}

/** The refusal to follow a service to an origin that is not declared. */
export function otherOrigin(from: URL, to: URL): TrailviewError {
  return new TrailviewError(
    'SERVICE_OTHER_ORIGIN',
    `${from.host} pointed to ${to.origin}, which does not belong to this connection, so it was not asked. If that is the right address of the service, make it the base URL.`,
  )
}
