import { existsSync, readFileSync } from 'node:fs'

/**
 * The counts of one vitest run, from its JSON report. A run that left no report, or failed outside any test
 * (a file that does not load, an error nobody caught), counts as one failed.
 */
export function readReport(path, exitCode) {
  if (!existsSync(path)) return { passed: 0, failed: 1, skipped: [] }
  const report = JSON.parse(readFileSync(path, 'utf8'))
  const tests = report.testResults.flatMap((file) => file.assertionResults)
  const failed = tests.filter(({ status }) => status === 'failed').length
  return {
    passed: tests.filter(({ status }) => status === 'passed').length,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: tests.filter(({ status }) => ['skipped', 'pending', 'todo'].includes(status)).map(({ fullName }) => fullName.trim()),
  }
}
