import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { browserPath, openBrowser } from '../../e2e/app.ts'
import { createLatencies, figure, type Row } from '../latency.ts'
import { marks, watchInputs } from './page-marks.ts'
import { scenes, type Scene } from './scenes.ts'
import { readTrace, traceCategories } from './trace.ts'

/** How long the page is left alone before and after a scene, ms. */
const calmMs = 1_500

/** Said with the figures: they are not those of a screen. */
export const framesNote =
  'Headless Chromium without a graphics processor draws in software, on the same processors as everything else; a screen is not slower than that.'

/** Plays each scene in the real screen over a filled archive, and reads from the browser's trace how it kept pace. Throws a sentence without a browser. */
export async function measureFrames(home: string): Promise<readonly Row[]> {
  if (browserPath === null) throw new Error('There is no Chromium, Chrome or Edge on this machine. Install one of them.')
  const child = fork(fileURLToPath(new URL('serve-child.ts', import.meta.url)), [home], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  })
  const stop = (): boolean => child.kill()
  process.once('exit', stop)
  try {
    const url = await addressOf(child)
    const browser = await openBrowser({ hasScrollbars: true })
    try {
      const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: 'en-GB', timezoneId: 'Europe/Berlin' })
      await page.addInitScript(watchInputs, marks)
      await page.goto(url)
      await page.getByRole('region', { name: 'Service' }).getByRole('button').first().waitFor()
      const rows: Row[] = []
      for (const scene of scenes) rows.push(...(await measureScene(browser, page, scene)))
      return rows
    } finally {
      await browser.close()
    }
  } finally {
    process.off('exit', stop)
    child.disconnect()
    await once(child, 'exit')
  }
}

async function measureScene(browser: Browser, page: Page, scene: Scene): Promise<readonly Row[]> {
  await sleep(calmMs)
  await page.evaluate((asking) => void (window.benchAsking = asking), scene.asking)
  await browser.startTracing(page, { categories: traceCategories })
  await scene.play(page)
  await sleep(calmMs)
  const trace = await browser.stopTracing()
  const { framesMs, sinceTickMs, dropped, paintedMs, refusedMs, unanswered, longestTaskMs, mainThreadMs } = readTrace(
    trace,
    scene.inputTypes,
  )
  const frames = createLatencies()
  framesMs.forEach(frames.add)
  const sinceTick = createLatencies()
  sinceTickMs.forEach(sinceTick.add)
  const painted = createLatencies()
  paintedMs.forEach(painted.add)
  const refused = createLatencies()
  refusedMs.forEach(refused.add)
  return [
    frames.row(`${scene.name}: a frame`, 20),
    sinceTick.row(`${scene.name}: a frame, from the display's tick before its change`, null),
    painted.row(`${scene.name}: input to painted rows`, 100),
    ...(refusedMs.length === 0 ? [] : [refused.row(`${scene.name}: input to what is wrong with it, where the text cannot be run`, 100)]),
    ...(unanswered === 0 ? [] : [figure(`${scene.name}: inputs without painted rows`, unanswered, '')]),
    figure(`${scene.name}: dropped frames`, dropped, `beside ${framesMs.length} presented`),
    figure(`${scene.name}: longest task of the page, by processor time`, longestTaskMs, 'ms'),
    figure(`${scene.name}: the page's main thread, by processor time`, (mainThreadMs / framesMs.length) * 1_000, 'µs a frame'),
  ]
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('message', (url) => resolve(String(url)))
    child.once('exit', (code) => reject(new Error(`The core ended with code ${String(code)} before it could be asked.`)))
  })
}
