/** A key as numbers of 32 bits, of its bytes from the first on: tables and filters compare these, several times for each key. */
export type KeyWords = Uint32Array

/** Reads the key that begins at a byte of `keys`; into `words`, as many as it has, which are returned. */
export function readKey(keys: Buffer, words: KeyWords, at = 0): KeyWords {
  for (let word = 0; word < words.length; word++) words[word] = keys.readUInt32LE(at + word * 4)
  return words
}

/** The words of one key. */
export const wordsOfKey = (key: Buffer): KeyWords => readKey(key, new Uint32Array(key.length / 4))
