import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { assembled, assembledPath } from '../../support/assemble.ts'

test('the module that searches texts is its source, assembled', async () => {
  expect(readFileSync(assembledPath, 'utf8')).toBe(await assembled())
})
