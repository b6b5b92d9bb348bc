import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { crc32, inflateRawSync } from "node:zlib";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { LayerFile } from "../layer/layer-file.ts";
import { engineFiles } from "./carried-engine.ts";
import type { EngineSource } from "./carried-engine.ts";
import type { EngineRelease } from "./engine-release.ts";

const runtime = Buffer.from("a runtime ".repeat(1000));
let scratch = "";
let release: EngineRelease;
let said: string[];
let source: EngineSource;

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "engine test "));
  mkdirSync(join(scratch, "package", "bin"), { recursive: true });
  writeFileSync(join(scratch, "package", "bin", "run"), runtime);
  writeFileSync(join(scratch, "package", "LICENSE"), "the license");
  execFileSync("tar", ["-czf", "engine.tgz", "package"], { cwd: scratch });
  const digest = (algorithm: string, encoding: "hex" | "base64", bytes: Uint8Array): string =>
    createHash(algorithm).update(bytes).digest(encoding);
  release = {
    packageName: "engine",
    version: "1.2.3",
    integrity: `sha512-${digest("sha512", "base64", readFileSync(join(scratch, "engine.tgz")))}`,
    executable: "bin/run",
    license: "LICENSE",
    sha256: digest("sha256", "hex", runtime),
    bytes: runtime.byteLength,
  };
  mkdirSync(join(scratch, "project"));
  said = [];
  source = {
    projectFolder: join(scratch, "project"),
    cacheFolder: join(scratch, "cache"),
    say: (line) => said.push(line),
  };
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(scratch, { recursive: true });
});

/** Puts an npm first on PATH that does this. */
function installNpm(script: string): void {
  const bin = join(scratch, "npm bin");
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, "npm"), `#!/bin/bash\n${script}\n`);
  chmodSync(join(bin, "npm"), 0o755);
  vi.stubEnv("PATH", `${bin}${delimiter}${process.env["PATH"]}`);
}

function executableOf(files: readonly LayerFile[]): Extract<LayerFile["content"], { kind: "file" }> {
  const content = files.find(({ path }) => path === "x/bin/run")?.content;
  if (content?.kind !== "file") throw new Error("expected the executable as a file");
  return content;
}

const packs =
  'echo "$PWD: $*" >> ../npm.log; [[ $1 == pack && $3 == --pack-destination ]] && cp ../engine.tgz "$4/engine-1.2.3.tgz"';

test("fetches the package through npm in the project's folder, and keeps it with its license", async () => {
  installNpm(packs);
  const files = await engineFiles(release, "x", source);
  expect(files.map(({ path, mode }) => [path, mode])).toEqual([
    ["x/bin/run", 0o755],
    ["x/bin/LICENSE", 0o644],
  ]);
  expect(readFileSync(executableOf(files).path)).toEqual(runtime);
  expect(readFileSync(join(scratch, "npm.log"), "utf8")).toMatch(/project: pack engine@1\.2\.3 /);
  expect(said).toEqual(["fetching engine 1.2.3 through npm, once"]);
});

test("needs neither npm nor a second compression once it is kept", async () => {
  installNpm(packs);
  const { bytes, crc } = await executableOf(await engineFiles(release, "x", source)).deflated();
  expect(inflateRawSync(bytes)).toEqual(runtime);
  expect(crc).toBe(crc32(runtime));
  installNpm("exit 1");
  said.length = 0;
  expect(await executableOf(await engineFiles(release, "x", source)).deflated()).toEqual({ bytes, crc });
  expect(said).toEqual([]);
});

test("two processes that both believe the lock is theirs do not disturb each other", async () => {
  // Both npm runs wait for each other, so both are inside at once; the lock of a process that is gone stands for the
  // misjudged one.
  const gone = `${spawnSync("true").pid}`;
  mkdirSync(source.cacheFolder, { recursive: true });
  const met = join(scratch, "met");
  mkdirSync(met);
  installNpm(`cp ../engine.tgz "$4/engine-1.2.3.tgz"; : > "$MET/$$"; for f in ../cache/*.lock; do echo ${gone} > "$f"; done
    until [[ $(ls "$MET" | wc -l) == 2 ]]; do sleep 0.01; done; [[ -e $4/engine-1.2.3.tgz ]]`);
  vi.stubEnv("MET", met);
  const both = await Promise.all([engineFiles(release, "x", source), engineFiles(release, "x", source)]);
  for (const files of both) expect(readFileSync(executableOf(files).path)).toEqual(runtime);
  expect(readdirSync(source.cacheFolder)).toHaveLength(1);
});

test("mends a kept form that is not whole", async () => {
  installNpm(packs);
  const content = executableOf(await engineFiles(release, "x", source));
  const { bytes, crc } = await content.deflated();
  const home = dirname(content.path);
  for (const name of readdirSync(home).filter((file) => file.startsWith("executable"))) {
    truncateSync(join(home, name), 3);
  }
  const mended = executableOf(await engineFiles(release, "x", source));
  expect(readFileSync(mended.path)).toEqual(runtime);
  expect(await mended.deflated()).toEqual({ bytes, crc });
});

test("uses a copy that is installed, if it is the pinned one", async () => {
  const installed = join(scratch, "node_modules", "engine");
  mkdirSync(join(installed, "bin"), { recursive: true });
  writeFileSync(join(installed, "package.json"), "{}");
  writeFileSync(join(installed, "LICENSE"), "the license");
  writeFileSync(join(installed, "bin", "run"), runtime);
  installNpm("exit 1");
  expect(readFileSync(executableOf(await engineFiles(release, "x", source)).path)).toEqual(runtime);

  rmSync(source.cacheFolder, { recursive: true });
  writeFileSync(join(installed, "bin", "run"), "patched");
  installNpm(packs);
  expect(readFileSync(executableOf(await engineFiles(release, "x", source)).path)).toEqual(runtime);
});

test.each([
  [
    "npm cannot reach its registry",
    "echo 'npm error code ENOTFOUND' >&2; exit 1",
    /cannot get engine@1\.2\.3.*ENOTFOUND.*"engine": "shared"/,
  ],
  [
    "npm brings other bytes",
    'echo other > "$4/engine-1.2.3.tgz"',
    /engine@1\.2\.3: expected integrity sha512-.*, got sha512-/,
  ],
  ["npm brings nothing", "exit 0", /expected a \.tgz file/],
])("says so when %s, and keeps nothing", async (_what, script, message) => {
  installNpm(script);
  await expect(engineFiles(release, "x", source)).rejects.toThrow(message);
  expect(readdirSync(source.cacheFolder)).toEqual([]);
});

test("says so when there is no npm", async () => {
  vi.stubEnv("PATH", "/nowhere");
  await expect(engineFiles(release, "x", source)).rejects.toThrow(/no npm on PATH/);
});

test("says which folder cannot be used for the cache", async () => {
  writeFileSync(join(scratch, "file"), "");
  await expect(engineFiles(release, "x", { ...source, cacheFolder: join(scratch, "file", "cache") })).rejects.toThrow(
    /file.cache: expected a folder that can be written, with room for engines; BUILD_LAYER_CACHE .*EEXIST/,
  );
  expect(existsSync(join(scratch, "cache"))).toBe(false);
});
