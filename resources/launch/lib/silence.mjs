/** Longer than any test may take, or any of its hooks. */
const mostSilenceMin = 8

/**
 * A reporter for vitest: ends a run that has gone silent, and says what was under way. The time limits of tests are kept by the process that
 * runs them, which keeps none while it is stuck.
 */
export default class Silence {
  #vitest
  #timer
  #modules = new Map()

  onInit(vitest) {
    this.#vitest = vitest
  }

  onTestModuleStart(module) {
    this.#modules.set(module.relativeModuleId, null)
    this.#listen()
  }

  onTestCaseReady(test) {
    this.#modules.set(test.module.relativeModuleId, test.fullName)
    this.#listen()
  }

  onHookStart() {
    this.#listen()
  }

  onHookEnd() {
    this.#listen()
  }

  onTestCaseResult() {
    this.#listen()
  }

  onTestModuleEnd(module) {
    this.#modules.delete(module.relativeModuleId)
    this.#listen()
  }

  onTestRunEnd() {
    clearTimeout(this.#timer)
  }

  #listen() {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#end(), mostSilenceMin * 60_000)
  }

  #end() {
    console.error(`\nNothing was heard of the tests for ${mostSilenceMin} minutes, and they are ended. Under way:`)
    for (const [module, test] of this.#modules) console.error(test === null ? `  ${module}` : `  ${module}, after the start of "${test}"`)
    // The second time it kills.
    void this.#vitest.cancelCurrentRun('test-failure')
    void this.#vitest.cancelCurrentRun('test-failure')
  }
}
