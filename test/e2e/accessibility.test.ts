import { AxeBuilder } from '@axe-core/playwright'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { browserPath } from './app.ts'
import { openDemo, type Demo } from './demo.ts'
import { chooseTheme, screens } from './demo-screens.ts'

const all = [screens.timeline, screens.detail, screens.connections, ...screens.others]

/** Every screen as it is with real data behind it, in every theme. */
describe.skipIf(browserPath === null)('accessibility', () => {
  let demo: Demo

  beforeAll(async () => {
    demo = await openDemo()
  })

  afterEach(async () => {
    // A dialog would lie over the next screen.
    await demo.page.keyboard.press('Escape')
    await demo.page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(demo.takeComplaints()).toEqual([])
  })

  afterAll(() => demo?.close())

  /** What axe holds to be serious or worse. The hundreds of zones in a select are alike and would take most of its time. */
  async function seriousFindings(rules: 'all' | 'contrast'): Promise<readonly (readonly string[])[]> {
    const axe = new AxeBuilder({ page: demo.page }).options({ resultTypes: ['violations'] }).exclude('option')
    const { violations } = await (rules === 'all' ? axe : axe.withRules(['color-contrast'])).analyze()
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)])
  }

  describe.each([
    { theme: 'Light', rules: 'all' },
    // A theme changes colours and nothing else.
    { theme: 'Dark', rules: 'contrast' },
    { theme: 'High contrast', rules: 'contrast' },
  ] as const)('in the theme $theme', ({ theme, rules }) => {
    beforeAll(() => chooseTheme(demo, theme))

    it.each(all)('of $name', async (screen) => {
      await screen.open(demo)
      expect(await seriousFindings(rules)).toEqual([])
    })
  })
})
