import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { crc32, inflateRawSync } from "node:zlib";
import { zipSync } from "fflate";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { LayerFile } from "../layer/layer-file.ts";
import type { EngineSource } from "./cached-engine.ts";
import { engineFiles } from "./carried-engine.ts";
import { fflateVersion } from "./compress-once.ts";
import type { EngineRelease, PinnedFile } from "./engine-release.ts";

const runtime = Buffer.from("a runtime ".repeat(1000));
const license = Buffer.from("the license");
let scratch = "";
let release: EngineRelease;
let said: string[];
let source: EngineSource;

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "engine test "));
  mkdirSync(join(scratch, "package", "bin"), { recursive: true });
  writeFileSync(join(scratch, "package", "bin", "run"), runtime);
  writeFileSync(join(scratch, "package", "LICENSE"), license);
  execFileSync("tar", ["-czf", "engine.tgz", "package"], { cwd: scratch });
  release = {
    packageName: "engine",
    version: "1.2.3",
    integrity: `sha512-${digest("sha512", "base64", readFileSync(join(scratch, "engine.tgz")))}`,
    executable: pin("bin/run", runtime),
    license: pin("LICENSE", license),
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

function digest(algorithm: string, encoding: "hex" | "base64", bytes: Uint8Array): string {
  return createHash(algorithm).update(bytes).digest(encoding);
}

function pin(path: string, bytes: Buffer): PinnedFile {
  // In a zip of one stored name, the stream follows the local header of 30 bytes and the name.
  const zip = zipSync({ x: [bytes, { level: 6 }] });
  const end = 31 + Buffer.from(zip).readUInt32LE(18);
  const deflatedSha256 = digest("sha256", "hex", zip.subarray(31, end));
  return { path, bytes: bytes.byteLength, sha256: digest("sha256", "hex", bytes), crc32: crc32(bytes), deflatedSha256 };
}

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

/** What a layer gets as its executable. */
async function copyOf(files: readonly LayerFile[]): Promise<Buffer> {
  const target = join(mkdtempSync(join(scratch, "copy ")), "run");
  await executableOf(files).copyTo(target);
  return readFileSync(target);
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
  expect(await copyOf(files)).toEqual(runtime);
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
  for (const files of both) expect(await copyOf(files)).toEqual(runtime);
  expect(readdirSync(source.cacheFolder)).toHaveLength(1);
});

describe("a cache that holds other bytes", () => {
  const poisoned = Buffer.alloc(runtime.length, "x");
  const home = (): string => join(source.cacheFolder, readdirSync(source.cacheFolder)[0] ?? "");
  const compressed = (): string =>
    join(home(), readdirSync(home()).find((name) => name.startsWith("executable.")) ?? "");
  const zeroed = (bytes: Buffer): Buffer => Buffer.from(bytes).fill(0, 10, 40);
  /** Both forms are kept. */
  const fillCache = async (): Promise<void> => {
    installNpm(packs);
    await executableOf(await engineFiles(release, "x", source)).deflated();
    said.length = 0;
  };
  const becomesFolder = (path: string): void => {
    rmSync(path);
    mkdirSync(join(path, "inner"), { recursive: true });
  };

  const becomesPipe = (path: string): void => {
    rmSync(path);
    execFileSync("mkfifo", [path]);
  };
  const becomesCircle = (path: string): void => {
    rmSync(path);
    symlinkSync(path, path);
  };

  test.each<[string, (path: string) => void]>([
    ["the same number of other bytes", (path) => writeFileSync(path, poisoned)],
    ["zeros in the middle", (path) => writeFileSync(path, zeroed(runtime))],
    ["less than there was", (path) => truncateSync(path, 3)],
    ["more than there was", (path) => appendFileSync(path, "more")],
    ["the file of another version", (path) => writeFileSync(path, "a runtime of version 1.2.2")],
    ["nothing", (path) => truncateSync(path, 0)],
    ["a folder", becomesFolder],
    ["a pipe", becomesPipe],
  ])(
    "plain, with %s in place of the executable: fetches again, says so once, and ships the pinned bytes",
    async (_what, change) => {
      await fillCache();
      change(join(home(), "executable"));
      expect(await copyOf(await engineFiles(release, "x", source))).toEqual(runtime);
      expect(said).toEqual([
        `fetching engine 1.2.3 through npm again: ${join(home(), "executable")} does not hold the bytes that are pinned`,
      ]);
      said.length = 0;
      expect(await copyOf(await engineFiles(release, "x", source))).toEqual(runtime);
      expect(said).toEqual([]);
    },
  );

  test.each<[string, (path: string) => void]>([
    ["the same number of other bytes", (path) => writeFileSync(path, Buffer.alloc(statSync(path).size, "x"))],
    ["zeros in the middle", (path) => writeFileSync(path, zeroed(readFileSync(path)))],
    ["less than there was", (path) => truncateSync(path, 3)],
    ["nothing", (path) => truncateSync(path, 0)],
    ["a folder", becomesFolder],
    ["a pipe", becomesPipe],
    ["a link to itself", becomesCircle],
  ])("compressed, with %s: compresses again, says so once, and packs the pinned bytes", async (_what, change) => {
    await fillCache();
    const path = compressed();
    change(path);
    const { bytes, crc } = await executableOf(await engineFiles(release, "x", source)).deflated();
    expect(inflateRawSync(bytes)).toEqual(runtime);
    expect(crc).toBe(crc32(runtime));
    expect(said).toEqual([`compressing engine 1.2.3 again: ${path} does not hold the bytes that are pinned`]);
    expect(statSync(path).isFile()).toBe(true);
  });

  test("plain, when the compressed form is missing: compresses the pinned bytes, not those", async () => {
    await fillCache();
    rmSync(compressed());
    writeFileSync(join(home(), "executable"), poisoned);
    const { bytes } = await executableOf(await engineFiles(release, "x", source)).deflated();
    expect(inflateRawSync(bytes)).toEqual(runtime);
    expect(said).toEqual([
      "compressing engine 1.2.3, once",
      expect.stringMatching(/^fetching engine 1\.2\.3 through npm again/),
    ]);
  });

  test("plain, and a program that runs it there: it runs the pinned bytes", async () => {
    await fillCache();
    writeFileSync(join(home(), "executable"), poisoned);
    expect(readFileSync(await executableOf(await engineFiles(release, "x", source)).verified())).toEqual(runtime);
    expect(said).toHaveLength(1);
  });

  test("in its license: ships the pinned text", async () => {
    await fillCache();
    writeFileSync(join(home(), "LICENSE"), "any license");
    const text = (await engineFiles(release, "x", source)).find(({ path }) => path === "x/bin/LICENSE")?.content;
    if (text?.kind !== "file") throw new Error("expected the license as a file");
    await text.copyTo(join(scratch, "license"));
    expect(readFileSync(join(scratch, "license"))).toEqual(license);
  });

  test("and a file in the folder's place: fetches it", async () => {
    await fillCache();
    const folder = home();
    rmSync(folder, { recursive: true });
    writeFileSync(folder, "");
    expect(await copyOf(await engineFiles(release, "x", source))).toEqual(runtime);
    expect(said).toEqual(["fetching engine 1.2.3 through npm, once"]);
  });

  test("and no npm that can bring the right ones: says so, and keeps the folder as it was", async () => {
    await fillCache();
    writeFileSync(join(home(), "executable"), poisoned);
    installNpm("echo 'npm error code ENOTFOUND' >&2; exit 1");
    await expect(copyOf(await engineFiles(release, "x", source))).rejects.toThrow(/^cannot get engine@1\.2\.3/);
    expect(readdirSync(source.cacheFolder)).toHaveLength(1);
    expect(readFileSync(join(home(), "executable"))).toEqual(poisoned);
  });

  test("and two builds at once: one of them fetches, both ship the pinned bytes", async () => {
    await fillCache();
    writeFileSync(join(home(), "executable"), poisoned);
    const builds = await Promise.all([engineFiles(release, "x", source), engineFiles(release, "x", source)]);
    for (const copy of await Promise.all(builds.map(copyOf))) expect(copy).toEqual(runtime);
    expect(said).toHaveLength(1);
  });
});

test("finds a pinned size that does not belong to the pinned hash", async () => {
  installNpm(packs);
  const other: EngineRelease = { ...release, executable: { ...release.executable, bytes: 3 } };
  await expect(engineFiles(other, "x", source)).rejects.toThrow(
    "BUG: the pinned size of engine 1.2.3 bin/run is 3, not 10000",
  );
});

test("the pinned streams belong to the fflate that is installed", () => {
  const { version } = JSON.parse(
    readFileSync(new URL("../../node_modules/fflate/package.json", import.meta.url), "utf8"),
  ) as { version: string };
  expect(fflateVersion).toBe(version);
});

test("refuses an fflate that compresses to other bytes than the pinned ones, and keeps nothing of it", async () => {
  installNpm(packs);
  const other: EngineRelease = { ...release, executable: { ...release.executable, deflatedSha256: "0".repeat(64) } };
  const content = executableOf(await engineFiles(other, "x", source));
  await expect(content.deflated()).rejects.toThrow(/^fflate: expected version 0\.8\.3, .* got [0-9a-f]{64}; remove/);
  expect(readdirSync(join(source.cacheFolder, readdirSync(source.cacheFolder)[0] ?? ""))).toEqual([
    "LICENSE",
    "executable",
  ]);
});

test("uses a copy that is installed, if it is the pinned one", async () => {
  const installed = join(scratch, "node_modules", "engine");
  mkdirSync(join(installed, "bin"), { recursive: true });
  writeFileSync(join(installed, "package.json"), "{}");
  writeFileSync(join(installed, "LICENSE"), license);
  writeFileSync(join(installed, "bin", "run"), runtime);
  installNpm("exit 1");
  expect(await copyOf(await engineFiles(release, "x", source))).toEqual(runtime);

  installNpm(packs);
  rmSync(source.cacheFolder, { recursive: true });
  rmSync(join(installed, "LICENSE")); // some tools prune such files
  expect(await copyOf(await engineFiles(release, "x", source))).toEqual(runtime);
  expect(said).toEqual(["fetching engine 1.2.3 through npm, once"]);

  rmSync(source.cacheFolder, { recursive: true });
  writeFileSync(join(installed, "LICENSE"), license);
  writeFileSync(join(installed, "bin", "run"), "patched");
  expect(await copyOf(await engineFiles(release, "x", source))).toEqual(runtime);
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
    /engine@1\.2\.3: expected integrity sha512-.*, got sha512-.*npm cache clean/,
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
    /file.cache: expected a folder with free space that this user can write to; set BUILD_LAYER_CACHE .*EEXIST/,
  );
  expect(existsSync(join(scratch, "cache"))).toBe(false);
});
