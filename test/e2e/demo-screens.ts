import type { Demo } from './demo.ts'

/** One screen of the app with its practice data, and how to get there. */
export interface DemoScreen {
  readonly name: string
  open(demo: Demo): Promise<void>
}

/** A screen behind an address, which is there once this heading is. */
const place = (name: string, address: string, heading: string): DemoScreen => ({
  name,
  async open({ page, go }) {
    await go(address)
    await page.getByRole('heading', { level: 1, name: heading }).waitFor({ state: 'attached' })
  },
})

const timeline: DemoScreen = {
  name: 'all events',
  async open({ page, go }) {
    await go('/events')
    await page
      .getByRole('row')
      .nth(5)
      .getByText(/\d\d:\d\d:\d\d/)
      .waitFor()
    await page.getByRole('region', { name: 'Service' }).getByRole('button').first().waitFor()
  },
}

const detail: DemoScreen = {
  name: 'an event',
  async open(demo) {
    await timeline.open(demo)
    await demo.page.getByRole('row').nth(5).click()
    const pane = demo.page.getByRole('complementary', { name: 'Event' })
    await pane.getByRole('region', { name: 'Payload' }).locator('pre').waitFor()
    await pane.getByRole('region', { name: 'What else happened' }).getByRole('button').first().waitFor()
  },
}

/** A dialog that a key or a button opens over another screen. */
const dialog = (name: string, under: DemoScreen, title: string, opens: (demo: Demo) => Promise<void>): DemoScreen => ({
  name,
  async open(demo) {
    await under.open(demo)
    await opens(demo)
    await demo.page.getByRole('dialog', { name: title }).waitFor()
  },
})

const connections: DemoScreen = {
  name: 'connections',
  async open({ page, go }) {
    await go('/connections')
    await page.getByRole('article').nth(3).waitFor()
  },
}

const form = dialog('the form of a connection', connections, 'Add a connection', async ({ page }) => {
  await page.getByRole('button', { name: 'Add a connection' }).click()
  await page.getByLabel('Service').selectOption({ label: 'Cloud Foundry' })
  await page.getByText('What is collected', { exact: true }).click()
  await page.getByLabel('Page size').waitFor()
})

export const screens = {
  timeline,
  detail,
  connections,
  others: [
    place('settings', '/settings', 'Settings'),
    place('workspaces', '/workspaces', 'Workspaces'),
    place('files', '/files', 'Files and other objects'),
    place('users', '/users', 'Users'),
    place('saved views', '/views', 'Saved views'),
    place('exports', '/exports', 'Exports'),
    {
      name: 'a timeline of its own',
      async open({ page, go }) {
        await go('/workspaces')
        await page.getByRole('row').nth(1).getByRole('link').click()
        await page
          .getByRole('row')
          .nth(5)
          .getByText(/\d\d:\d\d:\d\d/)
          .waitFor()
      },
    },
    {
      name: 'a connection',
      async open(demo) {
        await connections.open(demo)
        await demo.page.getByRole('link', { name: 'Runs and coverage' }).first().click()
        await demo.page.getByRole('region', { name: 'Coverage' }).getByRole('row').nth(1).waitFor()
      },
    },
    {
      name: 'a search with suggestions',
      async open(demo) {
        await timeline.open(demo)
        await demo.page.getByRole('combobox', { name: 'Search' }).fill('actor:mat')
        await demo.page.getByRole('option').nth(2).waitFor()
      },
    },
    {
      name: 'a search that is wrong',
      async open({ page, go }) {
        await go('/events?q=foo:bar')
        await page.getByText('is no field').waitFor()
      },
    },
    {
      name: 'a search that finds nothing',
      async open({ page, go }) {
        await go('/events?q=verb:delete zebra')
        await page.getByRole('button', { name: 'Remove zebra' }).waitFor()
      },
    },
    form,
    dialog('removing a connection', connections, 'Remove Onehub (practice)', ({ page }) =>
      page.getByRole('article', { name: 'Onehub (practice)' }).getByRole('button', { name: 'Remove' }).click(),
    ),
    dialog('an export', timeline, 'Export events', ({ page }) => page.getByRole('button', { name: 'Export', exact: true }).click()),
    dialog('saving a view', timeline, 'Save this search as a view', ({ page }) =>
      page.getByRole('button', { name: 'Save as view' }).click(),
    ),
    dialog('the help', timeline, 'Keys and search', ({ page }) => page.getByRole('button', { name: 'Keys and help' }).click()),
  ],
} satisfies Readonly<Record<string, DemoScreen | readonly DemoScreen[]>>

/** Chooses a theme in the settings, as a person does. */
export async function chooseTheme({ page, go }: Demo, theme: 'Light' | 'Dark' | 'High contrast'): Promise<void> {
  await go('/settings')
  await page.getByLabel('Theme').selectOption({ label: theme })
  const value = await page.getByLabel('Theme').inputValue()
  await page.locator(`html[data-theme="${value}"]`).waitFor()
}
