import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDemo, type Demo } from './demo.ts'
import { chooseTheme, screens } from './demo-screens.ts'

/** The pictures of the documentation; `SCREENSHOTS=1 npx vitest run --config test/e2e/vitest.config.ts` takes them anew. */
const folder = fileURLToPath(new URL('../../resources/screenshots', import.meta.url))

let demo: Demo

beforeAll(async () => {
  mkdirSync(folder, { recursive: true })
  demo = await openDemo()
})

afterAll(() => demo?.close())

it.each([
  { file: 'all-events-light.png', theme: 'Light', screen: screens.timeline },
  { file: 'all-events-dark.png', theme: 'Dark', screen: screens.timeline },
  { file: 'connections.png', theme: 'Light', screen: screens.connections },
  { file: 'event-detail.png', theme: 'Light', screen: screens.detail },
] as const)('$file', async ({ file, theme, screen }) => {
  await chooseTheme(demo, theme)
  await screen.open(demo)
  // nothing is focused when the app has been opened; here the screens are gone to from one another
  await demo.page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
  await demo.page.screenshot({ path: join(folder, file) })
  expect(demo.takeComplaints()).toEqual([])
})
