/** A number of events in words; `count` is formatted already. */
export const events = (count: string): string => (count === '1' || count.endsWith(' 1') ? `${count} event` : `${count} events`)
