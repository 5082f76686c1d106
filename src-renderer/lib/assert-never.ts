/** Marks what the types say cannot be reached; throws if something came through anyway. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value: ${String(value)}`)
}
