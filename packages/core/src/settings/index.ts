export { findMisspelt } from "./find-misspelt.ts";
export type { OwnVariables } from "./find-misspelt.ts";
export {
  bytes,
  choice,
  endpoint,
  flag,
  jsonObject,
  list,
  milliseconds,
  seconds,
  secret,
  text,
  url,
  wholeNumber,
} from "./kinds.ts";
export type { Kind, Range } from "./kinds.ts";
export { readSettings, toSettingsTable } from "./read-settings.ts";
export type {
  KnownSettings,
  Meanings,
  ReadSettings,
  Setting,
  SettingsOf,
  SettingsResult,
  SettingsSchema,
  Variables,
} from "./read-settings.ts";
