import { parseArgs } from "node:util";
import { architectures, extensions } from "../layers/published-layers.ts";
import type { Architecture } from "../layers/published-layers.ts";

/** What `publish-layers` is asked to do. */
export interface PublishOptions {
  readonly regions: readonly string[];
  /** A profile of AWS's configuration files; default: what AWS's own tools would take. */
  readonly profile: string | undefined;
  /** Extensions whose layers are published. */
  readonly layers: readonly string[];
  readonly architectures: readonly Architecture[];
  /** Everybody may use the layer versions. */
  readonly isPublic: boolean;
  readonly isDryRun: boolean;
  /**
   * Where zips go before Lambda reads them; `{region}` in it stands for the region. Default: they are sent to Lambda
   * itself.
   */
  readonly bucket: string | undefined;
  /** The folder of layers.json and layers.md. */
  readonly out: string;
}

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

/** Reads the command line. Errors: none thrown; the result lists every problem at once. */
export function parseOptions(args: readonly string[]): ParsedOptions {
  // pnpm hands a leading `--` on.
  const { values, tokens } = parseArgs({
    args: args[0] === "--" ? args.slice(1) : [...args],
    options: flags,
    strict: false,
    tokens: true,
  });
  const problems: string[] = [];
  const report = (flag: string, expected: string, got: unknown): void =>
    void problems.push(`${flag}: expected ${expected}, got ${String(got)}`);
  for (const [index, token] of tokens.entries()) {
    if (token.kind === "option") checkToken(token, report);
    // What follows a misspelt option is its value.
    else if (token.kind === "positional" && tokens[index - 1]?.kind !== "option") {
      report(token.value, "options only", "an argument that belongs to none");
    }
  }
  if (values["help"] === true) return { kind: "help" };

  const text = (name: keyof typeof flags): string | undefined => {
    const value = values[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const listOf = <T extends string>(name: "layers" | "architectures", allowed: readonly T[]): readonly T[] => {
    const given = text(name);
    if (given === undefined) return allowed;
    const wanted = split(given);
    for (const one of wanted) {
      if (!(allowed as readonly string[]).includes(one)) {
        report(`--${name}`, `some of ${allowed.join(", ")}`, `"${one}"`);
      }
    }
    return allowed.filter((one) => wanted.includes(one));
  };

  const regions = split(text("regions") ?? "");
  if (regions.length === 0) report("--regions", "at least one region, such as us-east-1,eu-west-1", "none");
  for (const region of regions) if (!isRegion(region)) report("--regions", "names such as us-east-1", `"${region}"`);
  const bucket = text("bucket");
  if (bucket !== undefined && regions.length > 1 && !bucket.includes("{region}")) {
    report(
      "--bucket",
      "{region} in the name, because Lambda reads a layer from a bucket in its own region",
      `"${bucket}" for ${regions.length} regions`,
    );
  }
  const options = {
    regions,
    profile: text("profile"),
    layers: listOf("layers", extensions),
    architectures: listOf("architectures", architectures),
    isPublic: values["public"] === true,
    isDryRun: values["dry-run"] === true,
    bucket,
    out: text("out") ?? "dist",
  };
  return problems.length > 0 ? { kind: "problems", problems } : { kind: "options", options };
}

type Report = (flag: string, expected: string, got: unknown) => void;

function checkToken(
  token: { readonly name: string; readonly rawName: string; readonly value?: string | undefined },
  report: Report,
): void {
  const flag = Object.entries(flags).find(([name]) => name === token.name)?.[1];
  if (flag === undefined) {
    report(
      token.rawName,
      `one of ${Object.keys(flags)
        .map((name) => `--${name}`)
        .join(", ")}`,
      "an unknown option",
    );
  } else if (
    flag.type === "string" &&
    (token.value === undefined || token.value === "" || token.value.startsWith("--"))
  ) {
    report(token.rawName, "a value", "none");
  } else if (flag.type === "boolean" && token.value !== undefined) {
    report(token.rawName, "no value", `"${token.value}"`);
  }
}

function split(list: string): readonly string[] {
  return [
    ...new Set(
      list
        .split(",")
        .map((item) => item.trim())
        .filter((item) => item !== ""),
    ),
  ];
}

/** True for a name that has the form of a region's. */
function isRegion(text: string): boolean {
  return /^[a-z]{2}(-[a-z]+)+-\d+$/.test(text);
}
