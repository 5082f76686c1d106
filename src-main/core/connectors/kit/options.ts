import type { ConnectionOptions } from '../../../contract/model/connection.ts'

/** An option's text without blanks around it; null when it is not set. */
export function optionOf(options: ConnectionOptions, key: string): string | null {
  const text = options[key]?.trim() ?? ''
  return text === '' ? null : text
}

/** The values of an option that holds a list, separated by commas or line breaks. */
export function listOption(options: ConnectionOptions, key: string): readonly string[] {
  return (options[key] ?? '').split(/[,\n]/).flatMap((part) => (part.trim() === '' ? [] : [part.trim()]))
}

/** A whole number of at least 0; null when not set or no number (which `checkWhole` names). */
export function wholeOption(options: ConnectionOptions, key: string): number | null {
  const text = optionOf(options, key)
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null
}

/** A sentence when the option is set and no whole number from `from` to `to`. */
export function checkWhole(options: ConnectionOptions, key: string, from: number, to: number): string[] {
  const value = wholeOption(options, key)
  if (optionOf(options, key) === null || (value !== null && value >= from && value <= to)) return []
  return [`The option "${key}" is a whole number from ${from} to ${to}.`]
}

/** A sentence when the option is set to something else than one of the choices. */
export function checkChoice(options: ConnectionOptions, key: string, choices: readonly string[]): string[] {
  const value = optionOf(options, key)
  return value === null || choices.includes(value) ? [] : [`The option "${key}" is one of ${choices.join(', ')}.`]
}

/** A sentence when the option holds something else than ids made of digits. */
export function checkIds(options: ConnectionOptions, key: string): string[] {
  const wrong = listOption(options, key).find((id) => !/^\d{1,20}$/.test(id))
  return wrong === undefined ? [] : [`The option "${key}" holds ids made of digits, separated by commas; "${wrong.slice(0, 40)}" is none.`]
}
