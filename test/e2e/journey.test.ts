import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startPracticeServices, type GroundTruthEvent, type PracticeServices } from '../../src-main/demo/index.ts'
import { verifyPackage } from '../../src-main/core/verify-package.ts'
import { readCsv } from '../core/export/csv-reader.ts'
import { browserPath } from './app.ts'
import { countOf, demoEvents, openDemo, type Demo } from './demo.ts'

const dayMs = 86_400_000
const name = 'Second data room'
const dayOf = (timeMs: number): string => new Date(timeMs).toISOString().slice(0, 10)
const numberIn = (text: string): number => Number(/[\d,]+/.exec(text)?.[0].replaceAll(',', ''))

/** A reviewer's day, one step after another in one window; the services of the new connection are the test's own, so that it knows their events. */
describe.skipIf(browserPath === null)('the journey', () => {
  let app: Demo
  let services: PracticeServices
  let truth: readonly GroundTruthEvent[]
  let total: number

  beforeAll(async () => {
    services = await startPracticeServices({ seed: 'journey', events: 2_000 })
    truth = services.onehub.groundTruth()
    total = demoEvents + truth.length
    app = await openDemo()
  })

  afterEach(() => expect(app.takeComplaints()).toEqual([]))

  afterAll(async () => {
    await app?.close()
    await services?.close()
  })

  const search = () => app.page.getByRole('combobox', { name: 'Search' })
  const detail = () => app.page.getByRole('complementary', { name: 'Event' })
  const dialog = (title: string) => app.page.getByRole('dialog', { name: title })
  const card = (of: string) => app.page.getByRole('article', { name: of })
  const seesEvents = (count: number) => countOf(app.page, count).waitFor()

  async function searchFor(text: string): Promise<void> {
    await search().fill(text)
    await search().press('Enter')
  }

  /** Fills the form of a new connection as far as Test and Save. */
  async function describeConnection(service: string, own: string, address: string): Promise<Locator> {
    await app.page.getByRole('button', { name: 'Add a connection' }).click()
    const form = dialog('Add a connection')
    await form.getByLabel('Service').selectOption({ label: service })
    await form.getByLabel('Name', { exact: true }).fill(own)
    await form.getByLabel('Address').fill(address)
    return form
  }

  it('adds a connection through the form, tests it and saves it', async () => {
    await app.go('/connections')
    const form = await describeConnection('Onehub', name, services.onehub.baseUrl)
    await form.getByLabel('Sign in with').selectOption({ label: 'Client and password' })
    await form.getByRole('button', { name: 'Save connection' }).click()
    await form.getByText('Client secret is needed.').waitFor()
    const { clientId, clientSecret, username, password } = services.onehub.credential
    await form.getByLabel('Client id').fill(clientId ?? '')
    await form.getByLabel('Client secret').fill(clientSecret ?? '')
    await form.getByLabel('E-mail').fill(username ?? '')
    await form.getByLabel('Password').fill(password ?? '')
    await form.getByRole('button', { name: 'Test' }).click()
    await form
      .getByRole('status')
      .getByText(/^Onehub answered/)
      .waitFor()
    await form.getByRole('button', { name: 'Save connection' }).click()
    await form.waitFor({ state: 'detached' })
    await card(name).getByText('nothing yet').waitFor()
  })

  it('collects with progress, and holds what the service has', async () => {
    services.onehub.faults.inject({ kind: 'slow-drip', pieces: 20, pauseMs: 100 }, { skip: 2 })
    await card(name).getByRole('button', { name: 'Collect' }).click()
    await card(name)
      .getByRole('progressbar', { name: `Collection of ${name}` })
      .waitFor()
    await card(name)
      .getByText(/\d+ added, \d+ pages/)
      .waitFor()
    await card(name).getByText('done').waitFor()
    const own = card(name).getByRole('link', { name: `${String(truth.length)} events` })
    await own.click()
    await seesEvents(truth.length)
  })

  it('plans the next run, and says when it is', async () => {
    await app.go('/connections')
    const fact = (label: string) =>
      card(name)
        .locator('dt', { hasText: new RegExp(`^${label}$`) })
        .locator('xpath=following-sibling::dd[1]')
    expect(await fact('Next run').innerText()).toBe('not planned')
    await card(name).getByRole('button', { name: 'Change' }).click()
    const form = dialog(`Change ${name}`)
    await form.getByLabel('Collect every (minutes)').fill('45')
    await form.getByRole('button', { name: 'Save connection' }).click()
    await fact('Schedule').getByText('every 45 min').waitFor()
    const lastMs = Date.parse((await fact('Last run').innerText()).replace(' done', ''))
    await expect.poll(async () => Date.parse(await fact('Next run').innerText()), { timeout: 30_000 }).toBe(lastMs + 45 * 60_000)
  })

  it('searches while typing', async () => {
    const file = truth.map(({ payload }) => /[a-z]+ \w+ \d+\.\w+/.exec(payload)?.[0]).find((found) => found !== undefined) ?? ''
    const matching = truth.filter(({ payload }) => payload.includes(file))
    await app.go('/events')
    await seesEvents(total)
    await search().pressSequentially(`connection:"${name}" "${file}"`)
    await seesEvents(matching.length)
    await expect.poll(() => new URL(app.page.url()).hash).toContain(encodeURIComponent(file).replaceAll('%20', '+'))
    await app.page.getByRole('button', { name: 'Clear the search' }).click()
    await seesEvents(total)
  })

  it('tells namesakes apart where it offers them, and finds the chosen one alone', async () => {
    await search().fill('actor:matthew')
    const offers = app.page.getByRole('option', { name: /^Matthew Anderson/ })
    const tagOf = (service: string) => app.page.getByRole('img', { name: service, exact: true })
    for (const service of ['Onehub', 'OK SKY', 'Lytics'])
      await offers
        .filter({ has: tagOf(service) })
        .first()
        .waitFor()
    const chosen = offers.filter({ has: tagOf('Lytics') }).first()
    const held = numberIn((await chosen.innerText()).split('\n').at(-1) ?? '')
    await chosen.click()
    await seesEvents(held)
    await searchFor('')
    await seesEvents(total)
  })

  it('says what is wrong with a search, and runs nothing else', async () => {
    await searchFor('wrokspace:Legal')
    await app.page.getByText('is no field; did you mean').waitFor()
    await app.page.getByRole('button', { name: 'Use workspace:' }).click()
    await app.page.getByRole('list', { name: 'Conditions of the search' }).getByText('Legal').waitFor()
    await searchFor('')
    await seesEvents(total)
  })

  it('filters by facet, in and out', async () => {
    // Counts of the search before are not shown.
    await app.page.locator('aside.facets[aria-busy=false]').waitFor()
    const facet = app.page.getByRole('region', { name: 'Verb' })
    const first = facet.getByRole('button', { pressed: false }).first()
    const held = numberIn(await first.innerText())
    await first.click()
    await seesEvents(held)
    await facet.getByRole('button', { pressed: true }).click()
    await seesEvents(total)
    await app.page.locator('aside.facets[aria-busy=false]').waitFor()
    const service = app.page.getByRole('region', { name: 'Service' })
    const left = numberIn(await service.getByRole('button', { name: /^Lytics/ }).innerText())
    await service.getByRole('button', { name: 'Leave out Lytics' }).click()
    await seesEvents(total - left)
    await app.page.getByRole('button', { name: 'Remove -service:lytics' }).click()
    await seesEvents(total)
  })

  it('narrows to a range brushed on the histogram', async () => {
    const plot = app.page.getByRole('application', { name: /^Events over time/ })
    const box = await plot.boundingBox()
    if (box === null) throw new Error('The histogram is not on screen.')
    const at = (share: number) => [box.x + box.width * share, box.y + box.height / 2] as const
    await app.page.mouse.move(...at(0.4))
    await app.page.mouse.down()
    await app.page.mouse.move(...at(0.5))
    await app.page.mouse.move(...at(0.6))
    const said = app.page.getByRole('region', { name: 'Events over time' }).getByRole('status')
    const held = numberIn(/: ([\d,]+) events/.exec(await said.innerText())?.[1] ?? '')
    expect(held).toBeGreaterThan(0)
    await app.page.mouse.up()
    await seesEvents(held)
    expect(await search().inputValue()).toMatch(/after:\S+ before:\S+/)
    await app.page.goBack()
    await seesEvents(total)
  })

  it('narrows to a range by the date fields', async () => {
    await searchFor(`connection:"${name}"`)
    await seesEvents(truth.length)
    const [from, before] = [0.5, 0.6].map((share) => dayOf(truth[Math.floor(truth.length * share)]?.timeMs ?? 0)) as [string, string]
    const range = app.page.getByRole('group', { name: 'Time range' })
    await range.getByLabel('From').fill(from)
    await expect.poll(() => search().inputValue()).toContain(`after:${from}`)
    await range.getByLabel('Before').fill(before)
    const within = truth.filter(({ timeMs }) => timeMs >= Date.parse(from) && timeMs < Date.parse(before))
    expect(within.length).toBeGreaterThan(0)
    await seesEvents(within.length)
    await range.getByLabel('Time range').selectOption({ label: 'Last 30 days' })
    await seesEvents(truth.filter(({ timeMs }) => timeMs >= Date.now() - 30 * dayMs).length)
  })

  it.each(['Workspaces', 'Files', 'Users'])('opens a timeline of its own from the list of %s', async (list) => {
    await app.page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: list }).click()
    const first = app.page.getByRole('row').nth(1)
    await first.getByRole('link').waitFor()
    const label = await first.getByRole('gridcell').first().innerText()
    const held = numberIn(await first.getByRole('gridcell').nth(4).innerText())
    await app.page.getByRole('textbox', { name: /^Search/ }).fill(label)
    await first.getByRole('link', { name: label }).click()
    await app.page.getByRole('heading', { level: 1 }).getByText(label).waitFor()
    await seesEvents(held)
    expect(new URL(app.page.url()).hash).toMatch(new RegExp(`^#/${list.toLowerCase()}/[^/]+/[^/]+`))
    await app.page.reload()
    await app.page.getByRole('heading', { level: 1 }).getByText(label).waitFor()
    await seesEvents(held)
  })

  it('opens an event with its payload as received, and the timelines it belongs to', async () => {
    const event = truth.findLast(({ payload }) => /[a-z]+ \w+ \d+\.docx/.test(payload))
    await app.go(`/events?q=id:${event?.externalId ?? ''} connection:"${name}"`)
    await seesEvents(1)
    await app.page.getByRole('row').nth(1).click()
    await detail().getByRole('button', { name: 'As received' }).click()
    await expect.poll(() => detail().locator('pre').first().innerText()).toBe(event?.payload)
    await expect.poll(() => app.page.url()).toMatch(/&e=\w+$/)
    const address = app.page.url()
    for (const [fact, kind] of [
      ['Actor', 'users'],
      ['Object', 'files'],
      ['Workspace', 'workspaces'],
    ] as const) {
      const row = detail()
        .locator('dt', { hasText: new RegExp(`^${fact}$`) })
        .locator('xpath=following-sibling::dd[1]')
      const subject = await row.getByRole('button').innerText()
      await row.getByRole('link', { name: 'Open timeline' }).click()
      await app.page.getByRole('heading', { level: 1 }).getByText(subject).waitFor()
      expect(new URL(app.page.url()).hash).toMatch(new RegExp(`^#/${kind}/`))
      await app.page.goBack()
      await detail()
        .getByText(event?.externalId ?? '', { exact: true })
        .waitFor()
      expect(app.page.url()).toBe(address)
    }
  })

  it('keeps a mark, a tag and a note, and finds the event by them', async () => {
    await detail().getByRole('button', { name: 'Follow up' }).click()
    await detail().getByRole('button', { name: 'Follow up', pressed: true }).waitFor()
    await detail().getByRole('textbox', { name: 'Add a tag' }).fill('quarterly')
    await detail().getByRole('textbox', { name: 'Add a tag' }).press('Enter')
    await detail().getByRole('list', { name: 'Tags' }).getByText('#quarterly').waitFor()
    await detail().getByRole('textbox', { name: 'Write a note' }).fill('Asked the owner about this.')
    await detail().getByRole('button', { name: 'Add note' }).click()
    await detail().getByRole('list', { name: 'Notes' }).getByText('Asked the owner about this.').waitFor()
    for (const text of ['status:follow-up', 'tag:quarterly', 'has:note', '"asked the owner"']) {
      await searchFor(text)
      await seesEvents(1)
      const row = app.page.getByRole('row').nth(1)
      for (const badge of ['Follow up', '#quarterly', 'note']) await row.getByText(badge, { exact: true }).waitFor()
    }
    await detail().getByRole('button', { name: 'Close the event' }).click()
  })

  it('keeps both payloads of an event that the service tells anew, and shows what changed', async () => {
    const before = truth.at(-1)
    const after = services.onehub.change(before?.externalId ?? '')
    truth = truth.map((event) => (event === before ? after : event))
    await app.go('/connections')
    await card(name).getByRole('link', { name: 'Runs and coverage' }).click()
    await app.page.getByRole('button', { name: 'Collect everything again' }).click()
    await app.page
      .getByRole('region', { name: `Runs of ${name}` })
      .getByRole('row')
      .nth(2)
      .getByText('done')
      .waitFor()
    await app.go(`/events?q=has:revision connection:"${name}"`)
    await seesEvents(1)
    await app.page.getByRole('row').nth(1).click()
    await detail().getByRole('button', { name: 'Compare' }).click()
    const lines = await detail().getByLabel('Changes from revision 1 to 2').locator('span').allInnerTexts()
    const without = (sign: string) =>
      JSON.parse(
        lines
          .filter((line) => !line.startsWith(sign))
          .map((line) => line.slice(2))
          .join(''),
      ) as unknown
    expect(without('+')).toEqual(JSON.parse(before?.payload ?? ''))
    expect(without('−')).toEqual(JSON.parse(after.payload))
    expect(lines.filter((line) => !line.startsWith(' ')).length).toBeLessThan(lines.length / 2)
    await detail().getByRole('button', { name: 'Close the event' }).click()
  })

  it('saves a search as a view and opens it again', async () => {
    await searchFor(`connection:"${name}" verb:delete`)
    await app.page.getByRole('button', { name: 'Save as view' }).click()
    await dialog('Save this search as a view').getByLabel('Name of the view').fill('Deletions there')
    await dialog('Save this search as a view').getByRole('button', { name: 'Save' }).click()
    await app.page.getByRole('link', { name: 'Saved views' }).click()
    await app.page.getByRole('link', { name: 'Deletions there' }).click()
    await expect.poll(() => search().inputValue()).toBe(`connection:"${name}" verb:delete`)
  })

  it('exports everything that matches, row for row what the service has', async () => {
    await searchFor(`connection:"${name}"`)
    await seesEvents(truth.length)
    await app.page.getByRole('button', { name: 'Export', exact: true }).click()
    const path = join(app.folder, 'second-data-room.csv')
    const form = dialog('Export events')
    await form.getByText(`All ${String(truth.length)} events that match`).waitFor()
    await form.getByLabel('CSV, for spreadsheets').check()
    await form.getByLabel('File').fill(path)
    await form.getByRole('button', { name: 'Export', exact: true }).click()
    await form.getByText(`${String(truth.length)} of ${String(truth.length)} rows`).waitFor()
    await form.getByText('Done').waitFor()
    await form.getByRole('button', { name: 'Close' }).last().click()

    const [header = [], ...rows] = readCsv(readFileSync(path, 'utf8'))
    const cells = (row: readonly string[]) => ['externalId', 'occurredAt', 'raw'].map((column) => row[header.indexOf(column)])
    const expected = truth.map(({ externalId, timeMs, payload }) => [externalId, new Date(timeMs).toISOString(), payload])
    expect(rows.map(cells).sort()).toEqual(expected.sort())
  })

  it('exports an evidence package that is sound, and says what to do with its SHA-256', async () => {
    await searchFor(`connection:"${name}" verb:delete`)
    await app.page.getByRole('button', { name: 'Export', exact: true }).click()
    const path = join(app.folder, 'deletions.zip')
    const form = dialog('Export events')
    await form.getByLabel('Evidence package').check()
    await form.getByText('Whoever gets it reads the whole ledger').waitFor()
    await form.getByLabel('File').fill(path)
    await form.getByRole('button', { name: 'Export', exact: true }).click()
    await form.getByText('Done').waitFor()
    await form.getByText('Note the SHA-256 apart from the package').waitFor()
    const report = await verifyPackage(path, new AbortController().signal, () => undefined)
    expect(report).toMatchObject({ isSound: true, about: { query: `connection:"${name}" verb:delete` } })
    await form.getByText(report.sha256).waitFor()
    await form.getByRole('link', { name: 'Go to Exports' }).click()

    const check = app.page.getByRole('region', { name: 'Verify an evidence package' })
    await app.page.getByRole('button', { name: `Verify ${path}` }).click()
    await check.getByText(/^Sound: [\d,]+ events, \d+ pages and \d+ ledger entries were read\.$/).waitFor()
    const damaged = join(app.folder, 'damaged.zip')
    writeFileSync(damaged, readFileSync(path).subarray(1))
    await check.getByLabel('Package').fill(damaged)
    await check.getByRole('button', { name: 'Verify' }).click()
    await check.getByRole('alert').getByText('The package is damaged:').waitFor()
  })

  it('says in a sentence why a connection fails and what to do', async () => {
    await app.go('/connections')
    const form = await describeConnection('Lytics', 'Mistyped', services.lytics.baseUrl)
    await form.getByLabel('Token').fill('0123456789abcdef0123456789abcdef01234567')
    await form.getByRole('button', { name: 'Test' }).click()
    const sentence = /^127\.0\.0\.1:\d+ refused the API token\. Enter the credential/
    await form.getByRole('status').getByText(sentence).waitFor()
    await form.getByRole('button', { name: 'Save connection' }).click()
    await card('Mistyped').getByRole('button', { name: 'Collect' }).click()
    await card('Mistyped').getByText('failed').waitFor()
    await card('Mistyped').getByText(sentence).waitFor()
  })

  it('removes a connection and keeps its events, or deletes them when told to', async () => {
    await card('Mistyped').getByRole('button', { name: 'Remove' }).click()
    await dialog('Remove Mistyped').getByRole('button', { name: 'Remove connection' }).click()
    await card('Mistyped').waitFor({ state: 'detached' })
    await card(name).getByRole('button', { name: 'Remove' }).click()
    const form = dialog(`Remove ${name}`)
    await form.getByText(`${String(truth.length)} events are deleted here.`).waitFor()
    await form.getByLabel('Delete its events from the archive').check()
    await form.getByRole('button', { name: 'Remove connection' }).click()
    await card(name).waitFor({ state: 'detached' })
    await app.go('/events')
    await seesEvents(demoEvents)
  })
})
