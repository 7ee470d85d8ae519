import { buildApp } from '../../../src/app.ts'
import { listen } from '../../../src/cli/listener.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { openHouse } from '../../../src/house.ts'
import { systemClock } from '../../../src/lib/time.ts'
import { createLog } from '../../../src/observe/log.ts'

// Our own server, which says what its pages are, and what CPU its process took so far: the kernel's own count goes in
// steps of 10 ms, too coarse for one page.
process.once('message', async ({ port, folder }: { port: number; folder: string }) => {
  const config = loadConfig({ ...process.env, LANYARD_PORT: String(port) }, folder)
  const house = await openHouse(config, createLog(config.logLevel), systemClock)
  const app = await buildApp(house)
  const listener = await listen(port, '127.0.0.1')
  listener.handle(app.handle)
  process.on('message', () => {
    const { user, system } = process.cpuUsage()
    process.send?.({ cpu: user + system })
  })
  process.once('SIGTERM', async () => {
    await listener.close()
    await app.stop()
    await house.close()
    process.exit(0)
  })
  // As `lanyard serve` does.
  await app.pages.warm()
  process.send?.({ pages: app.pages.addresses })
})
process.send?.({ waiting: true })
