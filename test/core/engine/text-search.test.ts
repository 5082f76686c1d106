import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { assembled, assembledPath, wasmSources } from '../../support/assemble.ts'

test.each(wasmSources)('the module $path is its source, assembled', async (source) => {
  expect(readFileSync(assembledPath(source), 'utf8')).toBe(await assembled(source))
})
