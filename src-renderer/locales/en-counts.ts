/** A number of events in words; `count` is formatted already. */
export const events = (count: string): string => (count === '1' ? '1 event' : `${count} events`)
