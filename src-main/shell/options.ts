import { parseArgs } from 'node:util'

export interface ShellOptions {
  readonly isDemo: boolean
  readonly home: string | null
}

/** Our own flags among the many that Electron and Chromium take. */
export function readOptions(args: readonly string[]): ShellOptions {
  const { values } = parseArgs({ args: [...args], strict: false, options: { demo: { type: 'boolean' }, home: { type: 'string' } } })
  return { isDemo: values['demo'] === true, home: typeof values['home'] === 'string' ? values['home'] : null }
}
