import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from '../../../contract/model/connection.ts'
import type { FormField } from '../../../contract/model/connector-info.ts'
import { TrailviewError } from '../../../contract/errors.ts'

/** Options every connection has, whatever its service: declared here once and appended to each connector's own by the registry. */
export const commonOptions: readonly FormField[] = [
  {
    key: 'overlap',
    label: 'Overlap',
    kind: 'number',
    help: 'How far each run re-reads what is collected already, so that late events are caught: minutes, or for OK SKY a number of ids. Empty: the default of the service.',
    isRequired: false,
  },
  {
    key: 'concurrency',
    label: 'Requests at once',
    kind: 'number',
    help: 'The most requests under way at the same time, 1 to 16.',
    isRequired: false,
    defaultValue: '2',
  },
  {
    key: 'requestsPerSecond',
    label: 'Requests per second',
    kind: 'number',
    help: 'The most requests begun in a second; 0.5 is one every two seconds. Empty: no limit but the one the service asks for.',
    isRequired: false,
  },
  {
    key: 'timeoutSeconds',
    label: 'Time-out',
    kind: 'number',
    help: 'The longest one request may take from first byte sent to last byte received, seconds.',
    isRequired: false,
    defaultValue: '120',
  },
  {
    key: 'proxy',
    label: 'Proxy',
    kind: 'text',
    help: 'Address of an HTTP proxy for this connection, without a password, or "direct" for none. Empty: as in the settings, or from the environment.',
    isRequired: false,
    placeholder: 'http://proxy.example.com:8080',
  },
  {
    key: 'ca',
    label: 'Certificate authority',
    kind: 'multiline',
    help: 'For a service behind a private certificate authority: its certificate as PEM text, or the path of a PEM file. Certificates are always checked.',
    isRequired: false,
  },
]

/** The common options of one connection, read and defaulted. */
export interface CommonOptions {
  readonly concurrency: number
  /** Null: no limit. */
  readonly requestsPerSecond: number | null
  readonly timeoutMs: number
  /** Null: settings or environment decide; `direct`: none. */
  readonly proxy: string | null
  /** PEM text or a path; null: the public authorities only. */
  readonly ca: string | null
  /** In the unit the user wrote (minutes or ids); null: the stream's default. */
  readonly overlap: number | null
}

/** Reads the common options; values out of range (which `checkCommonOptions` names) fall back to the default. */
export function readCommonOptions(options: ConnectionOptions): CommonOptions {
  return {
    concurrency: Math.floor(numberWithin(options['concurrency'], 1, 16) ?? 2),
    requestsPerSecond: numberWithin(options['requestsPerSecond'], 0.01, 1000),
    timeoutMs: (numberWithin(options['timeoutSeconds'], 1, 3600) ?? 120) * 1000,
    proxy: textOf(options['proxy']),
    ca: textOf(options['ca']),
    overlap: numberWithin(options['overlap'], 0, 10_000_000),
  }
}

/** One sentence for every common option that cannot be used. */
export function checkCommonOptions(options: ConnectionOptions): string[] {
  const problems: string[] = []
  const ranges: readonly (readonly [key: string, from: number, to: number])[] = [
    ['overlap', 0, 10_000_000],
    ['concurrency', 1, 16],
    ['requestsPerSecond', 0.01, 1000],
    ['timeoutSeconds', 1, 3600],
  ]
  for (const [key, from, to] of ranges) {
    if (textOf(options[key]) !== null && numberWithin(options[key], from, to) === null)
      problems.push(`The option "${key}" is a number from ${from} to ${to}.`)
  }
  const proxy = textOf(options['proxy'])
  if (proxy !== null && proxy !== 'direct') problems.push(...checkProxy(proxy))
  return problems
}

function checkProxy(proxy: string): string[] {
  if (!URL.canParse(proxy) || !/^https?:$/.test(new URL(proxy).protocol))
    return ['The option "proxy" is an address such as http://proxy.example.com:8080, or "direct".']
  const url = new URL(proxy)
  if (url.username === '' && url.password === '') return []
  return [
    'The option "proxy" must not hold a name or password, because options are not secret. Put them into the HTTPS_PROXY environment variable instead.',
  ]
}

/** The PEM text behind the option `ca`. Throws CONNECTION_INVALID when the file cannot be read or holds no certificate. */
export function readCertificates(ca: string): string {
  const pem = ca.includes('-----BEGIN') ? ca : readPemFile(ca)
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) {
    throw new TrailviewError(
      'CONNECTION_INVALID',
      'The certificate authority of the connection holds no PEM certificate. Give text or a file that begins with -----BEGIN CERTIFICATE-----.',
    )
  }
  return pem
}

function readPemFile(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new TrailviewError(
      'CONNECTION_INVALID',
      `The certificate file ${path} could not be read. Correct the option "ca" of the connection.`,
      { cause },
    )
  }
}

function textOf(value: string | undefined): string | null {
  const text = value?.trim() ?? ''
  return text === '' ? null : text
}

function numberWithin(value: string | undefined, from: number, to: number): number | null {
  const text = textOf(value)
  const number = text === null ? NaN : Number(text)
  return number >= from && number <= to ? number : null
}
