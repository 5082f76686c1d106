import { cpus, freemem, loadavg, totalmem } from 'node:os'

/** What the numbers were measured on, as one line, and how busy it was just now. */
export function describeMachine(): string {
  const processors = cpus()
  const gib = (bytes: number): string => (bytes / 2 ** 30).toFixed(1)
  return [
    `${processors.length} cores (${processors[0]?.model.trim() ?? 'unknown'})`,
    `${gib(totalmem())} GiB of memory, ${gib(freemem())} free`,
    `Node ${process.versions.node} on ${process.platform}`,
    `load ${loadavg()
      .map((load) => load.toFixed(1))
      .join(' ')}`,
  ].join(', ')
}
