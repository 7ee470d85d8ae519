import { buildApp } from '../../../src/app.ts'
import { listen } from '../../../src/cli/listener.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { openHouse } from '../../../src/house.ts'
import { systemClock } from '../../../src/lib/time.ts'
import { createLog } from '../../../src/observe/log.ts'

// Our own server but for one thing: the rows of reads are thrown away. There is no setting for this; it is put
// together here, so that what the audit costs can be told.
process.once('message', async ({ port, folder }: { port: number; folder: string }) => {
  const config = loadConfig({ LANYARD_PORT: String(port) }, folder)
  const log = createLog(config.logLevel)
  const house = await openHouse(config, log, systemClock)
  const app = await buildApp({ ...house, audit: { ...house.audit, note: () => {} } })
  const listener = await listen(port, '127.0.0.1')
  listener.handle(app.handle)
  process.once('SIGTERM', async () => {
    await listener.close()
    await app.stop()
    await house.close()
    process.exit(0)
  })
  process.send?.({ ready: true })
})
process.send?.({ waiting: true })
