import { TrailviewError } from '../../../contract/errors.ts'

/**
 * The origin of an address as a person types it; `https://` may be left out, and a path that is one of `ownPaths` (which the connector adds by itself).
 * Plain http is for loopback addresses only. Throws CONNECTION_INVALID with a sentence.
 */
export function originFrom(typed: string, example: string, ownPaths: readonly string[] = []): URL {
  const text = typed.trim()
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`
  if (text === '' || !URL.canParse(address))
    throw invalid(`The base URL is not an address. Give the origin of the service, such as ${example}.`)
  const url = new URL(address)
  if (url.username !== '' || url.password !== '')
    throw invalid('The base URL must not hold a name or password. Put them into the credential instead.')
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw invalid(
      `The base URL uses http, which would send the credential in the clear to ${url.hostname}. Use https; http is for loopback addresses only.`,
    )
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw invalid(`The base URL must begin with https://, such as ${example}.`)
  const path = url.pathname.replace(/\/+$/, '')
  if ((path !== '' && !ownPaths.includes(path)) || url.search !== '' || url.hash !== '') {
    throw invalid(`The base URL is the origin only, such as ${example}. Leave out what follows ${url.host}.`)
  }
  return new URL(url.origin)
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host)
}

const invalid = (message: string): TrailviewError => new TrailviewError('CONNECTION_INVALID', message)
