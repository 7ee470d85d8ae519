import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { serve } from '../../src/cli/serve.ts'
import { DEMO_APP } from '../../src/clients/demo-app.ts'
import { loadConfig } from '../../src/config/load.ts'
import { createLog } from '../../src/observe/log.ts'
import { freePort } from '../support/free-port.ts'

test('AUTHZ-03 the registered address of the demo app follows the server to another port', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lanyard-demo-app-'))
  const started = async (port: number, change: Record<string, unknown> = {}) => {
    const environment = { LANYARD_PORT: String(port), LANYARD_SEED_PATIENTS: '1' }
    const { house, stop } = await serve(loadConfig(environment, folder), createLog('silent'))
    try {
      const client = await house.clients.find(DEMO_APP)
      if (client !== undefined) await house.clients.update(DEMO_APP, { ...client.metadata, ...change })
      return client?.metadata
    } finally {
      await stop()
    }
  }
  try {
    const [first, second] = [await freePort(), await freePort()]
    expect(await started(first, { owner: 'Somebody' })).toMatchObject({
      redirect_uris: [`http://localhost:${first}/demo/app/`],
    })
    // At the same address what somebody changed stays.
    expect(await started(first)).toMatchObject({ owner: 'Somebody' })
    expect(await started(second)).toMatchObject({
      redirect_uris: [`http://localhost:${second}/demo/app/`],
      launch_uris: [`http://localhost:${second}/demo/app/launch.html`],
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
