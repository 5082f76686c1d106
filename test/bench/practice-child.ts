import { describe, startPracticeServices } from '../../src-main/demo/index.ts'

/** Argument: events. Runs the practice services until the parent goes; sends what is needed to connect to them. */
const services = await startPracticeServices({ seed: 'bench', events: Number(process.argv[2]) })
process.on('disconnect', () => void services.close())
process.send?.(describe(services))
