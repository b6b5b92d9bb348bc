import { showText } from "./kinds.ts";
import type { Kind } from "./kinds.ts";

/** One environment variable. An empty variable, or one of spaces alone, counts as not set. */
export interface Setting {
  readonly name: string;
  readonly kind: Kind<unknown>;
  /** The default as an operator writes it; a setting with a default always has a value. */
  readonly default?: string;
  /** It is a problem if the setting is not set. */
  readonly isRequired?: true;
  /** Added to the message about that: `and with it MY_URL`. */
  readonly hint?: string;
  /** To leave it unset is a problem while another setting, by its key in the schema, has this value, or lists it. */
  readonly neededFor?: { readonly setting: string; readonly value: string };
  /** Other names that mean the same. */
  readonly aliases?: readonly string[];
  /** Names the setting had before; a warning says the new one. */
  readonly formerNames?: readonly string[];
  /** The setting still works and will be removed. The text is for a warning: what to do instead. */
  readonly deprecated?: string;
}

/** The settings of an extension, by the names its program has for them. */
export type SettingsSchema = Readonly<Record<string, Setting>>;

/** The values of a schema. */
export type SettingsOf<Schema extends SettingsSchema> = {
  readonly [Key in keyof Schema]: ValueOf<Schema[Key]>;
};

/** The values while there are problems: undefined for a setting that is not set or does not parse. */
export type KnownSettings<Schema extends SettingsSchema> = {
  readonly [Key in keyof Schema]: ValueOf<Schema[Key]> | undefined;
};

type ValueOf<One extends Setting> =
  One["kind"] extends Kind<infer Value>
    ? One extends { readonly default: string } | { readonly isRequired: true }
      ? Value
      : Value | undefined
    : never;

/** The settings of an extension, or everything that is wrong with them. Warnings are about settings that work. */
export type SettingsResult<Settings> =
  | { readonly kind: "settings"; readonly settings: Settings; readonly warnings: readonly string[] }
  | { readonly kind: "problems"; readonly problems: readonly string[]; readonly warnings: readonly string[] };

/** What `readSettings` returns. */
export type ReadSettings<Schema extends SettingsSchema> =
  | Extract<SettingsResult<SettingsOf<Schema>>, { readonly kind: "settings" }>
  | (Extract<SettingsResult<never>, { readonly kind: "problems" }> & { readonly known: KnownSettings<Schema> });

/** Environment variables. */
export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Reads every setting of a schema from environment variables. `contradictions` adds the problems between settings.
 * Returns all problems at once, each as `NAME: expected …, got …`.
 */
export function readSettings<Schema extends SettingsSchema>(
  schema: Schema,
  variables: Variables,
  contradictions: (known: KnownSettings<Schema>) => readonly string[] = () => [],
): ReadSettings<Schema> {
  const given = Object.entries(schema).map(([key, setting]) => ({ key, ...find(setting, variables) }));
  const values: Readonly<Record<string, unknown>> = Object.fromEntries(
    given.map(({ key, setting, text }) => [key, text === undefined ? undefined : setting.kind.parse(text)]),
  );
  const known = values as KnownSettings<Schema>;
  const warnings = given.flatMap((one) => one.warnings);
  const problems = [
    ...given.flatMap((one) => (values[one.key] === undefined ? (problemOf(one, values) ?? []) : [])),
    ...contradictions(known),
  ];
  if (problems.length > 0) return { kind: "problems", problems, warnings, known };
  return { kind: "settings", settings: values as SettingsOf<Schema>, warnings };
}

/** A setting, the name of the variable that sets it, and its text; without a text it is not set. */
interface Given {
  readonly setting: Setting;
  readonly name: string;
  readonly text: string | undefined;
  readonly warnings: readonly string[];
}

function find(setting: Setting, variables: Variables): Given {
  const ownName = setting.name;
  const textOf = (name: string): string => variables[name]?.trim() ?? "";
  const [name, ...others] = namesOf(setting).filter((one) => textOf(one) !== "");
  if (name === undefined) return { setting, name: ownName, text: setting.default, warnings: [] };
  const warnings = others.map((other) => `${other}: not read, since ${name} is set`);
  const advice = setting.formerNames?.includes(name) ? `use ${ownName}` : setting.deprecated;
  if (advice !== undefined) warnings.unshift(`${name}: deprecated; ${advice}`);
  return { setting, name, text: textOf(name), warnings };
}

/** Every name by which a setting can be set, its own first. */
export function namesOf({ name, aliases = [], formerNames = [] }: Setting): readonly string[] {
  return [name, ...aliases, ...formerNames];
}

/** What is wrong with a setting that has no value; undefined if it needs no value. */
function problemOf({ setting, name, text }: Given, values: Readonly<Record<string, unknown>>): string | undefined {
  const { isRequired, neededFor, hint } = setting;
  const { range, show = showText } = setting.kind;
  const expected = (what: string, got = "nothing"): string => `${name}: expected ${what}, got ${got}`;
  if (text !== undefined) return expected(range, show(text));
  if (neededFor !== undefined && [values[neededFor.setting]].flat().includes(neededFor.value)) {
    return expected(`${range} for ${showText(neededFor.value)}`);
  }
  return isRequired && expected(hint === undefined ? range : `${range} (${hint})`);
}

/** What each setting of a schema means, for its documentation; a bundle leaves it out. */
export type Meanings<Schema extends SettingsSchema> = { readonly [Key in keyof Schema]: string };

/** A Markdown table of a schema, one row for each setting: compare a README with it in a test. */
export function toSettingsTable<Schema extends SettingsSchema>(schema: Schema, meanings: Meanings<Schema>): string {
  const rows = Object.entries(schema).map(([key, { name, default: usual = "", kind }]) => [
    `\`${name}\``,
    meanings[key] ?? "",
    usual === "" ? "none" : `\`${usual}\``,
    kind.range,
  ]);
  return [
    "| variable | meaning | default | range |",
    "|---|---|---|---|",
    ...rows.map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`),
  ].join("\n");
}
