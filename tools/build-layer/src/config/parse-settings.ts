import { architectures, engines, lifecycleEvents, registrars, runtimes } from "./extension-settings.ts";
import type { Architecture, Budgets, ExtensionSettings, PolicyStatement } from "./extension-settings.ts";
import { createSettingsReader, isOneOf, isRecord, listed, show } from "./settings-reader.ts";
import type { Rule, SettingsReader } from "./settings-reader.ts";

/** Either the settings, or every problem as `lambdaExtension.KEY: expected …, got …`. */
export type ParsedSettings =
  | { readonly kind: "settings"; readonly settings: ExtensionSettings }
  | { readonly kind: "problems"; readonly problems: readonly string[] };

/** The keys of `lambdaExtension`. */
export const settingNames = [
  "name",
  "entry",
  "events",
  "register",
  "engine",
  "runtime",
  "architectures",
  "sourceMap",
  "budgets",
  "environment",
  "policies",
] as const;

/** What a package that is the entry of another one decides for it, unless that one says otherwise. */
const inheritedNames = ["events", "register", "environment", "policies"] as const;
/** The keys of `budgets`. */
export const budgetNames = ["maxBundleBytes", "maxZipBytes", "maxStartUpRatio"] as const;

/** Folders of /opt that Lambda or its runtimes give a meaning: a payload of that name would mix with it. */
const reservedNames = ["bin", "extensions", "java", "lib", "lib64", "nodejs", "python", "ruby"];

/**
 * Reads `lambdaExtension` of a package.json. `inherited` are the settings of the package that `entry` names:
 * its events, registrar, environment and policies are the defaults then.
 * Errors: none thrown; the result lists every problem at once.
 */
export function parseSettings(value: unknown, inherited?: unknown): ParsedSettings {
  if (value === undefined) return { kind: "problems", problems: [missing] };
  if (!isRecord(value)) {
    return { kind: "problems", problems: [`lambdaExtension: expected an object, got ${show(value)}`] };
  }
  const inheritable = isRecord(inherited) ? Object.fromEntries(inheritedNames.map((key) => [key, inherited[key]])) : {};
  const reader = createSettingsReader(value, inheritable);
  for (const key of Object.keys(value)) {
    if (!isOneOf(key, settingNames)) reader.report(key, `one of the settings ${settingNames.join(", ")}`, key);
  }
  const name = readName(value["name"], reader);
  const entry = readEntry(value["entry"], reader);
  const engine = reader.oneOf("engine", engines, "shared");
  const runtime = reader.oneOf("runtime", runtimes, "node");
  if (runtime === "bun" && engine === "shared") {
    reader.report("runtime", '"node" with the engine "shared", which is the function\'s own', runtime);
  }
  const sourceMap = reader.checked("sourceMap", sourceMapRule, false);
  if (runtime === "bun" && sourceMap) {
    reader.report("sourceMap", 'false with the runtime "bun", which does not read the map of a bundle', sourceMap);
  }
  // A shared layer holds no machine code; with a carried engine each further architecture adds about 45 MB.
  const defaultArchitectures = engine === "shared" ? architectures : (["x86_64"] as const);
  const settings = {
    name,
    entry,
    events: reader.listOf("events", lifecycleEvents, lifecycleEvents),
    register: reader.oneOf("register", registrars, "launcher"),
    engine,
    runtime,
    architectures: atLeastOne(reader.listOf("architectures", architectures, defaultArchitectures)),
    sourceMap,
    budgets: reader.checked("budgets", budgetsRule, {}),
    environment: reader.checked("environment", environmentRule, {}),
    policies: reader.checked("policies", policiesRule, []),
  };
  return reader.problems.length > 0 ? { kind: "problems", problems: reader.problems } : { kind: "settings", settings };
}

const missing =
  'lambdaExtension: expected an object in package.json, for example { "name": "my-extension", "entry": "src/main.ts" }, got nothing';

/** A name that can be a file in `extensions/` and a folder beside it. */
function readName(name: unknown, { report }: Pick<SettingsReader, "report">): string {
  if (typeof name !== "string" || !/^[A-Za-z0-9_][A-Za-z0-9._-]{0,126}$/.test(name)) {
    report("name", "a plain file name of letters, digits, dots, dashes and underscores", name);
  } else if (reservedNames.includes(name)) {
    report("name", "a name that is not a folder Lambda itself uses under /opt", name);
  }
  return String(name);
}

function readEntry(entry: unknown, { report }: Pick<SettingsReader, "report">): string {
  if (typeof entry !== "string" || entry === "") {
    report("entry", "a file of this package, or the name of a package", entry);
  }
  return String(entry);
}

const sourceMapRule: Rule<boolean> = {
  expected: "true or false",
  isRight: (got): got is boolean => typeof got === "boolean",
};

const budgetsRule: Rule<Budgets> = {
  expected: `an object with ${listed(budgetNames, "or")}, each a number above 0, bytes as whole numbers`,
  isRight: (got): got is Budgets =>
    isRecord(got) && Object.entries(got).every(([key, value]) => isOneOf(key, budgetNames) && isBudget(key, value)),
};

const environmentRule: Rule<Readonly<Record<string, string>>> = {
  expected: "an object of strings under names of letters, digits and underscores",
  isRight: (got): got is Readonly<Record<string, string>> =>
    isRecord(got) && Object.entries(got).every(([key, text]) => /^[A-Za-z]\w*$/.test(key) && typeof text === "string"),
};

const policiesRule: Rule<readonly PolicyStatement[]> = {
  expected: "a list of IAM statements with Action and Resource",
  isRight: (got): got is readonly PolicyStatement[] =>
    Array.isArray(got) &&
    got.every((one) => isRecord(one) && isTextOrTexts(one["Action"]) && isTextOrTexts(one["Resource"])),
};

function isTextOrTexts(value: unknown): boolean {
  return typeof value === "string" || (Array.isArray(value) && value.every((item) => typeof item === "string"));
}

function isBudget(key: string, value: unknown): boolean {
  return typeof value === "number" && value > 0 && (key === "maxStartUpRatio" || Number.isSafeInteger(value));
}

function atLeastOne(list: readonly Architecture[]): readonly [Architecture, ...Architecture[]] {
  const [first = "x86_64", ...rest] = list;
  return [first, ...rest];
}
