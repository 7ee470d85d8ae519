import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { expect, test } from 'vitest'
import { programOf } from '../../src/cli/run.ts'

/** The command that does what an operation of the console and of the admin API does. */
const commands: Record<string, string> = {
  showDashboard: 'status',
  listApps: 'client list',
  showApp: 'client show',
  addApp: 'client add',
  updateApp: 'client update',
  renewSecret: 'client secret',
  setAppStatus: 'client disable',
  removeApp: 'client remove',
  showAppKeys: 'client keys',
  fetchAppKeys: 'client keys',
  remindAppOwner: 'client remind',
  setAppLogo: 'client logo',
  showAppUse: 'client use',
  listAppGrants: 'client grants',
  endAppGrant: 'client end-grant',
  endAllOfApp: 'client end',
  listApiKeys: 'api-key list',
  addApiKey: 'api-key add',
  revokeApiKey: 'api-key revoke',
  listUsers: 'user list',
  showUser: 'user show',
  addUser: 'user add',
  updateUser: 'user update',
  setUserStatus: 'user disable',
  removeUser: 'user remove',
  listSessions: 'user sessions',
  listUserSessions: 'user sessions',
  endUserSession: 'user end-session',
  unlockUser: 'user unlock',
  makePasswordLink: 'user link',
  listUserApps: 'user apps',
  endUserApp: 'user end-app',
  listRoles: 'role list',
  showRole: 'role show',
  addRole: 'role add',
  updateRole: 'role update',
  setRoleStatus: 'role disable',
  removeRole: 'role remove',
  explain: 'explain',
  explainDraft: 'explain',
  listRoleHolders: 'role holders',
  reviewRole: 'role review',
  listIssuers: 'issuer list',
  listAudit: 'audit list',
  exportAudit: 'audit export',
  getAuditEntry: 'audit show',
  showAuditVerification: 'audit verify',
  verifyAudit: 'audit verify',
  listSigningKeys: 'keys list',
  rotateSigningKeys: 'keys rotate',
  listSettings: 'settings',
  listFlights: 'flight list',
  showFlight: 'flight show',
  saveFlight: 'flight show',
  shareFlight: 'flight share',
  unshareFlight: 'flight unshare',
  simulateLaunch: 'launch simulate',
  simulateStart: 'launch simulate',
  getBranding: 'branding show',
  updateBranding: 'branding set',
  setLogo: 'branding logo',
}

test('everything that the console does is a command too', () => {
  const folder = resolve(import.meta.dirname, '../../src/pages/admin/operations')
  const operations = globSync('*.ts', { cwd: folder }).flatMap((file) =>
    [...readFileSync(resolve(folder, file), 'utf8').matchAll(/name: '(\w+)',\s+method:/g)].map(
      ([, name]) => name,
    ),
  )
  expect(operations.toSorted()).toEqual(Object.keys(commands).toSorted())
  const { env: environment, stdin, stdout: out, stderr: err } = process
  const program = programOf({ environment, folder, in: stdin, out, err, exitCode: 0 }, false)
  const found = (words: string) =>
    words
      .split(' ')
      .reduce<Command | undefined>((at, word) => at?.commands.find((one) => one.name() === word), program)
  expect(Object.values(commands).filter((words) => found(words) === undefined)).toEqual([])
})
