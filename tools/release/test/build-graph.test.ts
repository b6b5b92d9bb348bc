import { execFileSync } from "node:child_process";
import { appendFileSync, cpSync, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = join(import.meta.dirname, "../../..");
const scratch = mkdtempSync(join(tmpdir(), "build graph "));
const copy = join(scratch, "repository");

beforeAll(() => {
  const listed = run("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], root).split("\0");
  for (const file of listed.filter(
    (path) => path !== "" && !path.startsWith("docs/") && existsSync(join(root, path)),
  )) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file));
  }
});
afterAll(() => rmSync(scratch, { recursive: true }));

/** The packages that make a layer: their package.json has `lambdaExtension`. */
const layers = globSync(["packages/*", "examples/*/layer", "examples/*/layers/*"], { cwd: root })
  .filter((folder) => existsSync(join(root, folder, "package.json")))
  .map((folder) => JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as Manifest)
  .filter(({ lambdaExtension }) => lambdaExtension !== undefined);
const all = layers.map(({ name }) => name);
const withLogger = layers
  .filter(({ lambdaExtension }) => lambdaExtension?.entry === "@lambda-extension/logger")
  .map(({ name }) => name);

interface Manifest {
  readonly name: string;
  readonly lambdaExtension?: { readonly entry: string };
}

test.each<[string, string, readonly string[]]>([
  ["a source of an example", "examples/hello/layer/src/main.ts", ["hello-extension"]],
  ["a source of the logger", "packages/logger/src/main.ts", ["@lambda-extension/logger", ...withLogger]],
  ["a source of core", "packages/core/src/index.ts", ["@lambda-extension/core", ...all]],
  ["the launcher", "tools/build-layer/src/layer/launcher.bash", ["@lambda-extension/build-layer", ...all]],
  ["a source of the emulator, which only tests use", "packages/emulator/src/index.ts", ["@lambda-extension/emulator"]],
  ["a test", "packages/logger/src/index.test.ts", []],
  ["a page of documentation", "packages/logger/README.md", []],
])("a change of %s builds the packages that contain it, and no other", (_what, file, expected) => {
  const before = hashes();
  appendFileSync(join(copy, file), "\n");
  const after = hashes();
  const changed = [...after].filter(([name, hash]) => before.get(name) !== hash).map(([name]) => name);
  expect(changed.sort()).toEqual([...expected].sort());
});

test("no cached file names a folder of this machine", () => {
  const built = globSync(["{packages,tools}/*", "examples/*/layer", "examples/*/layers/*"], { cwd: root }).flatMap(
    (folder) =>
      globSync(["dist/**/*.{js,cjs,ts,json,html}", "dist/layer*/extensions/*", ".turbo/turbo-build.log"], {
        cwd: join(root, folder),
      }).map((file) => join(root, folder, file)),
  );
  expect(built.length).toBeGreaterThan(100);
  expect(built.filter((file) => readFileSync(file, "utf8").includes(root))).toEqual([]);
});

/** The hash of every package's build, which is its key in the cache. */
function hashes(): ReadonlyMap<string, string> {
  const { tasks } = JSON.parse(run(join(root, "node_modules/.bin/turbo"), ["run", "build", "--dry=json"], copy)) as {
    readonly tasks: readonly { readonly package: string; readonly hash: string; readonly command: string }[];
  };
  return new Map(tasks.filter(({ command }) => command !== "<NONEXISTENT>").map((task) => [task.package, task.hash]));
}

function run(file: string, args: readonly string[], cwd: string): string {
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: "1" };
  return execFileSync(file, args, {
    cwd,
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 64 * 1024 * 1024,
  });
}
