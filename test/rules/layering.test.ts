import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { engineFolders, layers } from './layers.js'

const root = fileURLToPath(new URL('../../', import.meta.url))

describe('imports run one way', () => {
  const files = sourceFiles()

  it('finds the sources it speaks of', () => {
    expect(files.length).toBeGreaterThan(100)
    for (const layer of layers)
      expect(
        files.some((file) => file.startsWith(layer.folder)),
        layer.folder,
      ).toBe(true)
  })

  it('holds the table of test/rules/layers.js', () => {
    expect(files.flatMap(violations)).toEqual([])
  })

  it('lets each folder of the engine use those before it alone, but for their types', () => {
    const engine = 'src-main/core/cache/engine/'
    const placeOf = (path: string): number => engineFolders.indexOf(dirname(path.slice(engine.length)))
    const inEngine = files.filter((file) => file.startsWith(engine))
    expect(inEngine.filter((file) => placeOf(file) < 0)).toEqual([])
    const backwards = inEngine.flatMap((file) =>
      importsOf(file)
        .filter(({ isType }) => !isType)
        .map(({ target }) => posix.join(dirname(file), target))
        .filter((path) => path.startsWith(engine) && placeOf(path) > placeOf(file))
        .map((path) => `${file} imports ${path}`),
    )
    expect(backwards).toEqual([])
  })

  it('would notice a violation', () => {
    expect(refusal('src-main/core/query/parse.ts', 'electron')).not.toBeNull()
    expect(refusal('src-main/core/query/parse.ts', '../connectors/onehub/connector.ts')).not.toBeNull()
    expect(refusal('src-renderer/main.ts', '../src-main/core/dispatch.ts')).not.toBeNull()
    expect(refusal('src-main/core/query/parse.ts', '../lib/fold.ts')).toBeNull()
  })
})

function sourceFiles(): readonly string[] {
  return ['src-main', 'src-renderer'].flatMap((top) =>
    readdirSync(join(root, top), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(ts|vue)$/.test(entry.name))
      .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/')),
  )
}

function importsOf(file: string): readonly { readonly target: string; readonly isType: boolean }[] {
  const text = readFileSync(join(root, file), 'utf8')
  const imports = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\s(type\s)?[^'"`]*?from\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]/g,
  )
  return [...imports].map((found) => ({ target: found[2] ?? found[3] ?? found[4] ?? '', isType: found[1] !== undefined }))
}

function violations(file: string): readonly string[] {
  return importsOf(file).flatMap(({ target }) => {
    const reason = refusal(file, target)
    return reason === null ? [] : [`${file} imports ${target}: ${reason}`]
  })
}

/** Why the import is not allowed; null when it is. */
function refusal(file: string, target: string): string | null {
  const layer = layers.filter(({ folder }) => file.startsWith(folder)).sort((a, b) => b.folder.length - a.folder.length)[0]
  if (layer === undefined) return 'the file belongs to no layer'
  if (!target.startsWith('.')) {
    const isAllowed = layer.packages.some((name) =>
      name === 'node:' ? target.startsWith('node:') : target === name || target.startsWith(`${name}/`),
    )
    return isAllowed ? null : `${layer.folder} may use the packages ${layer.packages.join(', ') || 'none'}`
  }
  const path = posix.join(dirname(file).replaceAll('\\', '/'), target)
  if (layer.ownSubfolder === true && path.startsWith(`${layer.folder}${file.slice(layer.folder.length).split('/')[0]}/`)) return null
  const deciding = layer.mayImport
    .filter((rule) => path.startsWith(rule.replace(/^!/, '')))
    .sort((a, b) => b.replace(/^!/, '').length - a.replace(/^!/, '').length)[0]
  return deciding === undefined || deciding.startsWith('!') ? `${layer.folder} may import ${layer.mayImport.join(', ')}` : null
}
