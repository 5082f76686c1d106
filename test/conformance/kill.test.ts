import { expect, it } from 'vitest'
import { killAndResume } from './kill.ts'

it('goes on where it stopped after being killed at any moment', async () => {
  const result = await killAndResume(1, 6, 6_000)
  expect(result).toMatchObject({ kills: 6, cutShort: 6, lost: 0, duplicated: 0, falseCoverage: 0, findings: [] })
})
