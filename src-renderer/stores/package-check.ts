import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { PackageReport } from '../../src-main/contract/model/export.ts'
import { useClient } from '../api/client.ts'
import { toFailure, type Failure } from '../lib/failure.ts'

/** The check of an evidence package: which one, whether it is under way, and what it found. */
export const usePackageCheckStore = defineStore('package-check', () => {
  const client = useClient()
  const path = ref('')
  const isVerifying = ref(false)
  const report = shallowRef<PackageReport | null>(null)
  const failure = shallowRef<Failure | null>(null)
  let verification: AbortController | null = null

  /** Reads the package; one at a time, so one under way is stopped. */
  async function verify(file: string): Promise<void> {
    stop()
    const own = new AbortController()
    verification = own
    path.value = file
    isVerifying.value = true
    report.value = null
    failure.value = null
    try {
      const found = await client.call('exports.verify', { path: file }, { signal: own.signal })
      if (verification === own) report.value = found
    } catch (error) {
      const found = toFailure(error)
      if (verification === own && found.code !== 'CALL_CANCELLED') failure.value = found
    } finally {
      if (verification === own) isVerifying.value = false
    }
  }

  function stop(): void {
    verification?.abort()
  }

  return { path, isVerifying, report, failure, verify, stop }
})
