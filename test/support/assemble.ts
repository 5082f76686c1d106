import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import wabt from 'wabt'

const folder = new URL('../../src-main/core/cache/engine/', import.meta.url)

/** Assembles `text-search.wat` into what `text-search.wasm.ts` is to hold. */
export async function assembled(): Promise<string> {
  const { parseWat } = await wabt()
  const module = parseWat('text-search.wat', readFileSync(new URL('text-search.wat', folder), 'utf8'), { simd: true, threads: true })
  const { buffer } = module.toBinary({})
  const lines =
    Buffer.from(buffer)
      .toString('base64')
      .match(/.{1,120}/g) ?? []
  return `/** \`text-search.wat\`, assembled: \`node test/support/assemble.ts\` writes it. Base64. */
export const textSearchModule =
${lines.map((line) => `  '${line}'`).join(' +\n')}
`
}

export const assembledPath = fileURLToPath(new URL('text-search.wasm.ts', folder))

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(assembledPath, await assembled())
