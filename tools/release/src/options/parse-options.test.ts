import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseOptions, usage } from "./parse-options.ts";

test("fills in every default", () => {
  expect(parseOptions(["--regions", "us-east-1"])).toEqual({
    kind: "options",
    options: {
      regions: ["us-east-1"],
      profile: undefined,
      layers: ["cache-warmer", "logger"],
      architectures: ["x86_64", "arm64"],
      isPublic: false,
      isDryRun: false,
      bucket: undefined,
      out: "dist",
    },
  });
});

test("reads every option; a list may have spaces and repetitions", () => {
  const args = "--profile p --layers logger --architectures arm64 --public --dry-run --bucket zips-{region} --out o";
  expect(parseOptions(["--", "--regions", "us-gov-west-1, eu-west-1,eu-west-1", ...args.split(" ")])).toEqual({
    kind: "options",
    options: {
      regions: ["us-gov-west-1", "eu-west-1"],
      profile: "p",
      layers: ["logger"],
      architectures: ["arm64"],
      isPublic: true,
      isDryRun: true,
      bucket: "zips-{region}",
      out: "o",
    },
  });
});

test.each([
  ["", "--regions: expected at least one region, such as us-east-1,eu-west-1, got nothing"],
  ["--regions virginia", '--regions: expected names such as us-east-1, got "virginia"'],
  ["--regions=us-east-1 --layers hello", '--layers: expected some of cache-warmer, logger, got "hello"'],
  ["--regions=us-east-1 --architectures arm", '--architectures: expected some of x86_64, arm64, got "arm"'],
  ["--regions=us-east-1 --profile", "--profile: expected a value, got nothing"],
  ["--regions=us-east-1 --bucket --public", "--bucket: expected a value, got nothing"],
  ["--regions=us-east-1 --public=yes", '--public: expected no value, got "yes"'],
  ["us-east-1 --regions=us-east-1", "us-east-1: expected options only, got an argument without an option"],
  [
    "--regions=us-east-1,eu-west-1 --bucket zips",
    '--bucket: expected {region} in the name, because Lambda reads a layer from a bucket in its own region, got "zips" for 2 regions',
  ],
])("%s: %s", (args, problem) => {
  expect(parseOptions(args.split(" ").filter((arg) => arg !== ""))).toEqual({ kind: "problems", problems: [problem] });
});

test("names a misspelt option, but not its value, and every other problem", () => {
  const parsed = parseOptions(["--regoins", "us-east-1", "--layers", "hello"]);
  expect(parsed).toMatchObject({
    kind: "problems",
    problems: [/^--regoins: expected one of --regions, /, /^--regions/, /^--layers/].map((pattern) =>
      expect.stringMatching(pattern),
    ),
  });
});

test("the usage and the documentation name every option, and no other", () => {
  const names = new Set(["architectures", "bucket", "dry-run", "layers", "out", "profile", "public", "regions"]);
  const document = readFileSync(join(import.meta.dirname, "../../../../docs/releases.md"), "utf8");
  expect(new Set([...usage.matchAll(/^ {2}--([\w-]+) /gm)].map(([, name]) => name))).toEqual(names);
  expect(new Set([...document.matchAll(/^\| `--([\w-]+)/gm)].map(([, name]) => name))).toEqual(names);
  expect(parseOptions(["--help"])).toEqual({ kind: "help" });
});
