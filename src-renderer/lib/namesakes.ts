/** A value that is offered by its name. */
export interface NamedValue {
  readonly value: string
  readonly label: string
  /** Where it is known, for things that may have namesakes. */
  readonly services?: readonly string[]
}

/**
 * What tells a value from others of its name among those shown, different accounts or spaces of different organisations: the services
 * where that will do, or the value itself (empty where it need not be told).
 */
export function tellApart(
  { value, label, services = [] }: NamedValue,
  shown: readonly NamedValue[],
): { readonly services: readonly string[]; readonly id: string } {
  const namesakes = shown.filter((other) => other.label === label && other.value !== value)
  const isOfSame = (other: NamedValue): boolean => (other.services ?? []).join() === services.join()
  return { services: namesakes.every(isOfSame) ? [] : services, id: namesakes.some(isOfSame) ? value : '' }
}
