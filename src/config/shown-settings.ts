import type { Config, Origin } from './load.ts'
import { type SettingName, settingMeta, settingNames } from './schema.ts'

export type ShownSetting = { setting: SettingName; value: unknown; origin: Origin }

/** Every setting as it was resolved, without its secrets. */
export function shownSettings(config: Config): ShownSetting[] {
  return settingNames.map((setting) => ({
    setting,
    value: setting === 'databaseUrl' ? placeOf(config.databaseUrl) : shown(config, setting),
    origin: config.origins[setting],
  }))
}

/** Where a database is: without its password, which may also stand among the parameters. */
export function placeOf(databaseUrl: string): string {
  if (databaseUrl.startsWith('sqlite:') || !URL.canParse(databaseUrl)) {
    return databaseUrl.startsWith('sqlite:') ? databaseUrl : '[hidden]'
  }
  const { protocol, username, host, pathname } = new URL(databaseUrl)
  return `${protocol}//${username === '' ? '' : `${username}@`}${host}${pathname}`
}

function shown(config: Config, setting: SettingName): unknown {
  const value = config[setting]
  if (value === undefined) return null
  return settingMeta(setting).secret ? '[hidden]' : value
}
