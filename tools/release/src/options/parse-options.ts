import { parseArgs } from "node:util";
import { architectures, extensions } from "../layers/published-layers.ts";
import type { Architecture } from "../layers/published-layers.ts";

/** The options of `publish-layers`. */
export interface PublishOptions {
  readonly regions: readonly string[];
  /** A profile of AWS's configuration files; by default the one that AWS's own tools take. */
  readonly profile: string | undefined;
  /** Extensions whose layers are published. */
  readonly layers: readonly string[];
  readonly architectures: readonly Architecture[];
  /** Every AWS account may use the layer versions. */
  readonly isPublic: boolean;
  readonly isDryRun: boolean;
  /** The S3 bucket for zips; `{region}` in it stands for the region. Default: zips are sent to Lambda itself. */
  readonly bucket: string | undefined;
  /** The folder of layers.json and layers.md. */
  readonly out: string;
}

type Token = NonNullable<ReturnType<typeof parseArgs>["tokens"]>[number];

/** Either the options, or every problem as `--flag: expected …, got …`. */
export type ParsedOptions =
  | { readonly kind: "options"; readonly options: PublishOptions }
  | { readonly kind: "help" }
  | { readonly kind: "problems"; readonly problems: readonly string[] };

/** What `--help` prints. */
export const usage = `Usage: pnpm publish-layers --regions REGION,… [options]

Builds the layers and publishes those that differ from the latest version in their region.

  --regions us-east-1,eu-west-1   where to publish
  --profile NAME                  a profile of AWS's configuration files
  --layers logger,cache-warmer    whose layers; default: all
  --architectures x86_64,arm64    for which processors; default: both
  --public                        let every AWS account use them
  --bucket NAME                   send zips through this S3 bucket; {region} in NAME stands for the region.
                                  Needed for a zip over 50 MiB
  --out FOLDER                    where layers.json and layers.md go; default: dist
  --dry-run                       say what would be published, and publish nothing
`;

const flags = {
  regions: { type: "string" },
  profile: { type: "string" },
  layers: { type: "string" },
  architectures: { type: "string" },
  public: { type: "boolean" },
  bucket: { type: "string" },
  out: { type: "string" },
  "dry-run": { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/** Reads the command line. Returns every problem at once, and throws nothing. */
export function parseOptions(args: readonly string[]): ParsedOptions {
  // Not strict: that would throw at the first problem. pnpm passes a leading `--` on.
  const own = args[0] === "--" ? args.slice(1) : [...args];
  const { values, tokens } = parseArgs({ args: own, options: flags, strict: false, tokens: true });
  if (values["help"] === true) return { kind: "help" };
  // The value of a misspelt option comes as a positional token.
  const problems = tokens.flatMap((token, index) =>
    token.kind === "positional" && tokens[index - 1]?.kind === "option" ? [] : (problemOf(token) ?? []),
  );

  const text = (name: keyof typeof flags): string | undefined => {
    const value = values[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  /** The items of a list, each once. Reports those that are not right. */
  const listOf = (name: "regions" | "layers" | "architectures", range: string, isRight: (item: string) => boolean) => {
    const items = (text(name) ?? "").split(",").map((item) => item.trim());
    const unique = [...new Set(items)].filter((item) => item !== "");
    for (const item of unique) if (!isRight(item)) problems.push(expected(`--${name}`, range, `"${item}"`));
    return unique;
  };
  const someOf = <T extends string>(name: "layers" | "architectures", known: readonly T[]): readonly T[] => {
    const items = listOf(name, `some of ${known.join(", ")}`, (item) => known.some((one) => one === item));
    return text(name) === undefined ? known : known.filter((one) => items.includes(one));
  };

  const regions = listOf("regions", "names such as us-east-1", (item) => /^[a-z]{2}(-[a-z]+)+-\d+$/.test(item));
  if (regions.length === 0) {
    problems.push(expected("--regions", "at least one region, such as us-east-1,eu-west-1", "nothing"));
  }
  const bucket = text("bucket");
  if (bucket !== undefined && regions.length > 1 && !bucket.includes("{region}")) {
    const range = "{region} in the name, because Lambda reads a layer from a bucket in its own region";
    problems.push(expected("--bucket", range, `"${bucket}" for ${regions.length} regions`));
  }
  const options = {
    regions,
    profile: text("profile"),
    layers: someOf("layers", extensions),
    architectures: someOf("architectures", architectures),
    isPublic: values["public"] === true,
    isDryRun: values["dry-run"] === true,
    bucket,
    out: text("out") ?? "dist",
  };
  return problems.length > 0 ? { kind: "problems", problems } : { kind: "options", options };
}

/** What is wrong with a part of the command line by itself. */
function problemOf(token: Token): string | undefined {
  if (token.kind === "positional") return expected(token.value, "options only", "an argument without an option");
  if (token.kind !== "option") return undefined;
  const { name, rawName, value } = token;
  const type = Object.entries(flags).find(([known]) => known === name)?.[1].type;
  if (type === undefined) {
    const known = Object.keys(flags).map((flag) => `--${flag}`);
    return expected(rawName, `one of ${known.join(", ")}`, "an unknown option");
  }
  if (type === "boolean") return value === undefined ? undefined : expected(rawName, "no value", `"${value}"`);
  return value === undefined || value === "" || value.startsWith("--")
    ? expected(rawName, "a value", "nothing")
    : undefined;
}

function expected(flag: string, range: string, got: string): string {
  return `${flag}: expected ${range}, got ${got}`;
}
