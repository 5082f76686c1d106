import { parseArgs } from 'node:util'

export interface HostOptions {
  readonly isDemo: boolean
  readonly opensWindow: boolean
  /** 0: any free port. */
  readonly port: number
  readonly home: string | null
  /** Why this is not Electron, as the launcher found; part of the line that says which way was taken. */
  readonly why: string | null
}

/** Reads the command line; an Error with a sentence when it is wrong. */
export function readOptions(args: readonly string[]): HostOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      demo: { type: 'boolean', default: false },
      'no-open': { type: 'boolean', default: false },
      port: { type: 'string' },
      home: { type: 'string' },
      why: { type: 'string' },
    },
  })
  const port = Number(values.port ?? '0')
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`--port takes a number from 0 to 65535, and this is ${JSON.stringify(values.port)}.`)
  return { isDemo: values.demo, opensWindow: !values['no-open'], port, home: values.home ?? null, why: values.why ?? null }
}
