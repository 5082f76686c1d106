/**
 * Gives the memory of an array back at once. Garbage outside of V8's own heap is collected late, and until then every new array takes memory of
 * its own. Whoever still holds an array of the same memory finds it empty, so only who made it and handed it to nobody may do this.
 */
export function release({ buffer }: ArrayBufferView): void {
  if (buffer instanceof ArrayBuffer && !buffer.detached) buffer.transfer(0)
}
