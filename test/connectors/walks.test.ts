import { describe, expect, it } from 'vitest'
import { serviceIds } from '../../src-main/contract/model/audit-event.ts'
import { definitions, payloadsOf, practice, walk } from './walking.ts'

describe('a walk over everything', () => {
  it.each(serviceIds)('%s: hands on every event the service has, byte for byte', async (id) => {
    const services = await practice(4_000)
    const service = services[id]
    const pages = await walk(definitions[id], service)
    expect(payloadsOf(pages)).toEqual(service.groundTruth().map(({ payload }) => payload).sort())
    console.log(id, service.groundTruth().length, 'requests', service.requestLog.length, 'pages', pages.length)
  })
})
