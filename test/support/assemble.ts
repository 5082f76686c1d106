import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import wabt from 'wabt'

const core = new URL('../../src-main/core/', import.meta.url)

/** A module in WebAssembly's text form: `<path>.wat`, which `<path>.wasm.ts` is to hold assembled, in a constant of this name. */
export interface WasmSource {
  /** From the core's folder. */
  readonly path: string
  readonly constant: string
}

export const wasmSources: readonly WasmSource[] = [
  { path: 'cache/engine/texts/text-search', constant: 'textSearchModule' },
  { path: 'export/line-bytes', constant: 'lineBytesModule' },
]

/** What `<path>.wasm.ts` is to hold. */
export async function assembled({ path, constant }: WasmSource): Promise<string> {
  const { parseWat } = await wabt()
  const name = `${path.slice(path.lastIndexOf('/') + 1)}.wat`
  const module = parseWat(name, readFileSync(new URL(`${path}.wat`, core), 'utf8'), { simd: true, relaxed_simd: true, threads: true })
  const { buffer } = module.toBinary({})
  const lines =
    Buffer.from(buffer)
      .toString('base64')
      .match(/.{1,120}/g) ?? []
  return `/** \`${name}\`, assembled: \`node test/support/assemble.ts\` writes it. Base64. */
export const ${constant} =
${lines.map((line) => `  '${line}'`).join(' +\n')}
`
}

export const assembledPath = ({ path }: WasmSource): string => fileURLToPath(new URL(`${path}.wasm.ts`, core))

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const source of wasmSources) writeFileSync(assembledPath(source), await assembled(source))
