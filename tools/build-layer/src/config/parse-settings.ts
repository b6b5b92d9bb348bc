import {
  architectures,
  engines,
  lifecycleEvents,
  loaders,
  registrars,
  runtimes,
  starts,
} from "./extension-settings.ts";
import type { Budgets, ExtensionSettings, Loader, PolicyStatement } from "./extension-settings.ts";
import { isRecord, listed, oneOf, rule, someOf } from "./rules.ts";
import type { JsonSchema, Rule } from "./rules.ts";

/** Either the settings, or every problem as `lambdaExtension.KEY: expected …, got …`. */
export type ParsedSettings =
  | { readonly kind: "settings"; readonly settings: ExtensionSettings }
  | { readonly kind: "problems"; readonly problems: readonly string[] };

/** The keys of `budgets`. */
export const budgetNames = ["maxBundleBytes", "maxZipBytes", "maxStartUpRatio"] as const;

const namePattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,126}$/;
const variablePattern = /^[A-Za-z]\w*$/;
const relativePattern = /^(?![/!]|[A-Za-z]:)[^\\]+$/;
/** Without a path in the package. Source: https://docs.npmjs.com/cli/configuring-npm/package-json#name */
const packagePattern = /^(@[A-Za-z0-9~-][A-Za-z0-9._~-]*\/)?[A-Za-z0-9~-][A-Za-z0-9._~-]*$/;
const endPattern = /^(?!\.[cm]?[jt]sx?$)\.\w[\w.-]*$/;
const textOrTexts = { type: ["string", "array"], items: { type: "string" } };

/** Of each setting alone; what two settings forbid together is in `parseSettings`. */
export const rules: { readonly [Key in keyof ExtensionSettings]: Rule<ExtensionSettings[Key]> } = {
  // It is a file in `extensions/`, and a folder beside that.
  name: rule(
    "a plain file name of letters, digits, dots, dashes and underscores",
    (got): got is string => typeof got === "string" && namePattern.test(got),
    { type: "string", pattern: namePattern.source },
  ),
  entry: rule(
    "a file of this package, or the name of a package",
    (got): got is string => typeof got === "string" && got !== "",
    { type: "string", minLength: 1 },
  ),
  events: someOf(lifecycleEvents),
  register: oneOf(registrars),
  start: oneOf(starts),
  engine: oneOf(engines),
  runtime: oneOf(runtimes),
  architectures: someOf(architectures),
  sourceMap: rule("true or false", (got) => typeof got === "boolean", { type: "boolean" }),
  assets: rule(
    "a list of paths or patterns relative to the package's folder, with forward slashes",
    (got): got is readonly string[] => isListOf(relativePattern, got),
    { type: "array", items: { type: "string", pattern: relativePattern.source } },
  ),
  external: rule("a list of package names", (got): got is readonly string[] => isListOf(packagePattern, got), {
    type: "array",
    items: { type: "string", pattern: packagePattern.source },
  }),
  loader: rule(
    `an object with ${listed(loaders, "or")} for ends of file names such as ".sql", but not those of JavaScript and TypeScript`,
    (got): got is Readonly<Record<string, Loader>> =>
      isRecord(got) &&
      Object.entries(got).every(([end, loader]) => endPattern.test(end) && loaders.some((one) => one === loader)),
    {
      type: "object",
      patternProperties: { [endPattern.source]: { enum: loaders } },
      additionalProperties: false,
    },
  ),
  keepNames: rule("true or false", (got) => typeof got === "boolean", { type: "boolean" }),
  budgets: rule(
    `an object with ${listed(budgetNames, "or")}, each a number above 0, bytes as whole numbers`,
    (got): got is Budgets => isRecord(got) && Object.entries(got).every(isBudget),
    {
      type: "object",
      properties: Object.fromEntries(budgetNames.map((name) => [name, budgetSchema(name)])),
      additionalProperties: false,
    },
  ),
  environment: rule(
    "an object of strings under names of letters, digits and underscores",
    (got): got is Readonly<Record<string, string>> =>
      isRecord(got) &&
      Object.entries(got).every(([key, text]) => variablePattern.test(key) && typeof text === "string"),
    {
      type: "object",
      patternProperties: { [variablePattern.source]: { type: "string" } },
      additionalProperties: false,
    },
  ),
  policies: rule(
    "a list of IAM statements with Action and Resource",
    (got): got is readonly PolicyStatement[] =>
      Array.isArray(got) &&
      got.every((one) => isRecord(one) && isTextOrTexts(one["Action"]) && isTextOrTexts(one["Resource"])),
    {
      type: "array",
      items: {
        type: "object",
        properties: { Action: textOrTexts, Resource: textOrTexts },
        required: ["Action", "Resource"],
      },
    },
  ),
};

/** The keys of `lambdaExtension`. */
export const settingNames: readonly string[] = Object.keys(rules);

/** The settings that a project takes from the package that its `entry` names, if it does not set them itself. */
const inheritedNames: readonly string[] = ["events", "register", "start", "environment", "policies"];

/** Folders of /opt that Lambda or its runtimes give a meaning: an extension's folder of that name would mix with it. */
const reservedNames = ["bin", "extensions", "java", "lib", "lib64", "nodejs", "python", "ruby"];

/**
 * Reads `lambdaExtension` of a package.json; null counts as nothing. `inherited` are the settings of the package that
 * `entry` names: then its events, registrar, start, environment and policies are the defaults.
 * Errors: none thrown; the result lists every problem at once.
 */
export function parseSettings(value: unknown, inherited?: unknown): ParsedSettings {
  if (value === undefined) return { kind: "problems", problems: [missing] };
  if (!isRecord(value)) {
    return { kind: "problems", problems: [`lambdaExtension: expected an object, got ${JSON.stringify(value)}`] };
  }
  const { problems, report, read } = createReader(value, isRecord(inherited) ? inherited : {});
  for (const key of Object.keys(value)) {
    if (!settingNames.includes(key)) report(key, `one of the settings ${settingNames.join(", ")}`, key);
  }
  const name = read("name", undefined) ?? "";
  if (reservedNames.includes(name)) report("name", "a name that is not a folder Lambda itself uses under /opt", name);
  const entry = read("entry", undefined) ?? "";
  const engine = read("engine", "shared");
  const runtime = read("runtime", "node");
  if (runtime === "bun" && engine === "shared") {
    report("runtime", '"node" with the engine "shared", which is the function\'s own', runtime);
  }
  const sourceMap = read("sourceMap", false);
  if (runtime === "bun" && sourceMap) {
    report("sourceMap", 'false with the runtime "bun", which does not read the map of a bundle', sourceMap);
  }
  const events = read("events", lifecycleEvents);
  const register = read("register", "launcher");
  const start = read("start", "eager");
  if (start === "lazy" && register === "self") {
    report("start", '"eager" with "register": "self", which needs the program in the init phase', start);
  }
  if (start === "lazy" && !events.includes("INVOKE")) {
    report("start", '"eager" for events without "INVOKE", at which a lazy program starts', start);
  }
  const settings = {
    name,
    entry,
    events,
    register,
    start,
    engine,
    runtime,
    // A shared layer holds no machine code; with a carried engine each further architecture adds about 45 MB.
    architectures: read("architectures", engine === "shared" ? architectures : ["x86_64"]),
    sourceMap,
    assets: read("assets", []),
    external: read("external", []),
    loader: read("loader", {}),
    keepNames: read("keepNames", false),
    budgets: read("budgets", {}),
    environment: read("environment", {}),
    policies: read("policies", []),
  };
  return problems.length > 0 ? { kind: "problems", problems } : { kind: "settings", settings };
}

const missing =
  'lambdaExtension: expected an object in package.json, for example { "name": "my-extension", "entry": "src/main.ts" }, got nothing';

function createReader(own: Readonly<Record<string, unknown>>, inherited: Readonly<Record<string, unknown>>) {
  const problems: string[] = [];
  const report = (key: string, expected: string, got: unknown): void => {
    problems.push(`lambdaExtension.${key}: expected ${expected}, got ${JSON.stringify(got ?? own[key]) ?? "nothing"}`);
  };
  const read = <Key extends keyof ExtensionSettings, Fallback extends ExtensionSettings[Key] | undefined>(
    key: Key,
    fallback: Fallback,
  ): ExtensionSettings[Key] | Fallback => {
    const got = own[key] ?? (inheritedNames.includes(key) ? inherited[key] : undefined) ?? fallback;
    const parsed = rules[key].parse(got);
    if (parsed === undefined) report(key, rules[key].expected, got);
    return parsed ?? fallback;
  };
  return { problems, report, read };
}

function isBudget([key, value]: readonly [string, unknown]): boolean {
  const isKnown =
    key === "maxStartUpRatio" || (budgetNames.some((name) => name === key) && Number.isSafeInteger(value));
  return isKnown && typeof value === "number" && value > 0;
}

function budgetSchema(name: (typeof budgetNames)[number]): JsonSchema {
  if (name === "maxStartUpRatio") return { type: "number", exclusiveMinimum: 0 };
  return { type: "integer", exclusiveMinimum: 0, maximum: Number.MAX_SAFE_INTEGER };
}

function isListOf(pattern: RegExp, value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === "string" && pattern.test(item));
}

function isTextOrTexts(value: unknown): boolean {
  return typeof value === "string" || (Array.isArray(value) && value.every((item) => typeof item === "string"));
}
