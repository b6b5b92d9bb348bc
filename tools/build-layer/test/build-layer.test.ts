import { execFile, execFileSync, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { unzipSync, zipSync } from "fflate";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { findInstalled } from "../src/config/entry.ts";
import { engineReleases } from "../src/engine/engine-release.ts";
import { ok, startFakeApi } from "./fake-api.ts";
import { loop, makeProject } from "./project-folder.ts";
import type { ProjectFolder } from "./project-folder.ts";

const bin = fileURLToPath(new URL("../bin/build-layer.js", import.meta.url));
const cache = mkdtempSync(join(tmpdir(), "build-layer cache "));
afterAll(() => rmSync(cache, { recursive: true }));
const opened: ProjectFolder[] = [];
afterEach(() => {
  for (const project of opened.splice(0)) project.remove();
});

function project(lambdaExtension: unknown = { name: "hello", entry: "src/main.ts" }, source?: string): ProjectFolder {
  const made = makeProject(lambdaExtension, source);
  opened.push(made);
  return made;
}

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function buildLayer(
  folder: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  return new Promise((resolve) => {
    const options = { cwd: folder, env: { ...process.env, BUILD_LAYER_CACHE: cache, ...env } };
    execFile(process.execPath, [bin, ...args], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

describe("build-layer", () => {
  test("writes the folder and the zip, prints their sizes, and passes its own check", async () => {
    const { folder } = project();
    const { code, stdout, stderr } = await buildLayer(folder);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(
      /^hello: bundle +\d+ B\ndist\/layer +[\d.]+ kB  x86_64 and arm64\ndist\/hello\.zip +[\d.]+ kB  x86_64 and arm64\n$/,
    );
    expect(readdirSync(join(folder, "dist")).toSorted()).toEqual(["built-from.json", "hello.zip", "layer"]);
    expect(readdirSync(join(folder, "dist/layer/extensions"))).toEqual(["hello"]);
    expect(modeOf(join(folder, "dist/layer/extensions/hello"))).toBe("755");
    expect(readFileSync(join(folder, "dist/layer/extensions/hello"), "utf8")).not.toContain("\r");
    for (const path of ["dist/layer", "dist/hello.zip"]) {
      expect(await buildLayer(folder, ["--check", path])).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/: ok: hello;/),
      });
    }
  });

  test("gives the same bytes in two folders, at another time, in another time zone and under another umask", async () => {
    const [a, b] = [project(), project()];
    await buildLayer(a.folder, [], { TZ: "Asia/Tokyo" });
    const umask = process.umask(0o077);
    try {
      await buildLayer(b.folder, [], { TZ: "America/New_York" });
    } finally {
      process.umask(umask);
    }
    expect(readFileSync(join(a.folder, "dist/hello.zip"))).toEqual(readFileSync(join(b.folder, "dist/hello.zip")));
  });

  test("removes only the files that other settings wrote into dist", async () => {
    const { folder, put } = project();
    put("dist/hello-arm64.zip", "");
    put("dist/layer-arm64/x", "");
    put("dist/main.js", "");
    await buildLayer(folder);
    expect(readdirSync(join(folder, "dist")).toSorted()).toEqual(["built-from.json", "hello.zip", "layer", "main.js"]);
  });

  test("removes the files that the extension wrote under its earlier name", async () => {
    const { folder, put } = project();
    put("dist/other.zip", "of another project");
    await buildLayer(folder);
    put("dist/hello-arm64.zip", "");
    put("package.json", { lambdaExtension: { name: "renamed", entry: "src/main.ts" } });
    expect(await buildLayer(folder)).toMatchObject({ code: 0, stderr: "" });
    expect(readdirSync(join(folder, "dist")).toSorted()).toEqual([
      "built-from.json",
      "layer",
      "other.zip",
      "renamed.zip",
    ]);
  });

  test("prints the report as JSON", async () => {
    const { folder } = project();
    const { stdout } = await buildLayer(folder, ["--json"]);
    expect(JSON.parse(stdout)).toMatchObject({
      name: "hello",
      warnings: [],
      layers: [{ folder: join(folder, "dist/layer") }],
    });
  });

  test("leaves the last good layer alone when a build fails", async () => {
    const { folder, put } = project();
    await buildLayer(folder);
    const before = readFileSync(join(folder, "dist/hello.zip"));
    put("src/main.ts", 'import "nothing-of-that-name";');
    const { code, stdout, stderr } = await buildLayer(folder);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^build-layer: src\/main\.ts:1: Could not resolve "nothing-of-that-name"\n$/);
    expect(readFileSync(join(folder, "dist/hello.zip"))).toEqual(before);
    expect(readdirSync(join(folder, "dist")).toSorted()).toEqual(["built-from.json", "hello.zip", "layer"]);
  });

  test("starts the bundle once, and changes nothing if it does not start", async () => {
    const { folder, put } = project();
    for (const args of [[], ["--out", "art"], ["--zip", "x.zip"]]) {
      expect(await buildLayer(folder, args)).toMatchObject({ code: 0, stderr: "" });
    }
    // A staging folder comes and goes in `dist` and in `art`, so their own times change.
    const list = (): readonly string[] =>
      readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter((path) => path !== "dist" && path !== "art")
        .map((path) => `${path} ${statSync(join(folder, path)).mtimeMs}`)
        .toSorted();
    put("src/main.ts", "console.log('no call of runExtension');");
    const before = list();
    for (const args of [[], ["--out", "art"], ["--zip", "x.zip"], ["--json"]]) {
      const { code, stdout, stderr } = await buildLayer(folder, args);
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(stderr).toMatch(
        /^build-layer: hello: the bundle does not start: it ended \(exit status 0\) [^\n]*; --no-start leaves this check out\n {2}\| no call of runExtension\n$/,
      );
      expect(list()).toEqual(before);
    }
    expect(await buildLayer(folder, ["--no-start"])).toMatchObject({ code: 0, stderr: "" });
  });

  test("fails over a budget, naming the largest contributors, and leaves dist alone", async () => {
    const settings = { name: "hello", entry: "src/main.ts" };
    const { folder, put } = project(
      { ...settings, budgets: { maxBundleBytes: 500 } },
      'import "./big.ts"; import "./small.ts";',
    );
    put("src/big.ts", `console.log(${JSON.stringify("b".repeat(900))});`);
    put("src/small.ts", "console.log('s');");
    const bundle = await buildLayer(folder);
    expect(bundle.code).toBe(1);
    expect(bundle.stderr).toMatch(
      /^build-layer: lambdaExtension\.budgets\.maxBundleBytes: expected at most 500 bytes, got \d+; largest: src\/big\.ts \d+ B, src\/small\.ts \d+ B.*\n$/,
    );
    put("package.json", { lambdaExtension: { ...settings, budgets: { maxZipBytes: 300 } } });
    const zip = await buildLayer(folder);
    expect(zip.stderr).toMatch(
      /maxZipBytes: expected at most 300 bytes, got \d+; largest: extensions\/hello [\d.]+ kB, hello\/index\.cjs/,
    );
    expect(readdirSync(join(folder, "dist"))).toEqual([]);
  });

  test.runIf(process.platform === "linux")(
    "fails over a start-up budget, and says how long the start took if it is within the budget",
    async () => {
      const settings = { name: "hello", entry: "src/main.ts" };
      const { folder, put } = project({ ...settings, budgets: { maxStartUpRatio: 0.001 } }, loop);
      const tooSlow = await buildLayer(folder);
      expect(tooSlow.code).toBe(1);
      expect(tooSlow.stderr).toMatch(
        /^build-layer: lambdaExtension\.budgets\.maxStartUpRatio: expected at most 0\.001 × the [\d.]+ ms of a Node\.js that does nothing, got [\d.]+ × \([\d.]+ ms\); largest: src\/main\.ts \d+ B\n$/,
      );
      expect(readdirSync(join(folder, "dist"))).toEqual([]);
      put("package.json", { lambdaExtension: { ...settings, budgets: { maxStartUpRatio: 1000 } } });
      expect(await buildLayer(folder)).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/hello: first next +[\d.]+ ms  [\d.]+ × a Node\.js that does nothing\n/),
      });
      expect(await buildLayer(folder, ["--out", "art"])).toMatchObject({
        code: 0,
        stdout: expect.stringContaining("first next"),
      });
    },
  );

  test.each<[string, readonly string[], RegExp]>([
    ["a misspelt option", ["--watsh"], /^build-layer: unknown option --watsh; did you mean --watch\?\n$/],
    ["an unknown option", ["-x"], /^build-layer: unknown option -x; build-layer --help lists the options\n$/],
    ["the beginning of an option", ["--arch"], /^build-layer: unknown option --arch; did you mean --architecture\?\n$/],
    [
      "an option without its dashes",
      ["check", "dist"],
      /^build-layer: unknown command check; did you mean --check\?\n$/,
    ],
    ["a command with two letters swapped", ["inti", "x"], /^build-layer: unknown command inti; did you mean init\?\n$/],
    [
      "help with a misspelt option",
      ["--chekc", "--help"],
      /^build-layer: unknown option --chekc; did you mean --check\?\n$/,
    ],
    ["a misspelt command", ["snipet"], /^build-layer: unknown command snipet; did you mean snippet\?\n$/],
    ["help for a misspelt command", ["int", "--help"], /^build-layer: unknown command int; did you mean init\?\n$/],
    ["a stray argument", ["dist"], /^build-layer: unknown command dist; build-layer --help lists the commands\n$/],
    [
      "options with a command",
      ["snippet", "--watch"],
      /^build-layer: snippet: expected without options, got --watch\n$/,
    ],
    [
      "an option without its value",
      ["--out", "--json"],
      /^build-layer: Option '--out[^\n]*\. See build-layer --help\n$/,
    ],
    [
      "an unknown architecture",
      ["--architecture", "arm"],
      /^build-layer: --architecture: expected x86_64 or arm64, got "arm"\n$/,
    ],
    [
      "an empty folder name, as of an unset ARTIFACTS_DIR",
      ["--out", ""],
      /^build-layer: --out: expected a path, got an empty one\n$/,
    ],
    [
      "two things at once",
      ["--check", "dist", "--out", "dist"],
      /^build-layer: --check: expected without --out, --zip, --report, --sbom and --watch\n$/,
    ],
    [
      "a folder and a zip at once",
      ["--zip", "a.zip", "--out", "dist"],
      /^build-layer: --zip: expected without --out\n$/,
    ],
    [
      "an option twice",
      ["--architecture", "x86_64", "--architecture", "arm64"],
      /^build-layer: --architecture: expected once\n$/,
    ],
    ["a zip in place of a folder", ["--zip", "src"], /^build-layer: --zip: expected a file, got the folder .*src\n$/],
    ["a check of nothing", ["--check", "nothing"], /^build-layer: --check: expected a folder or a zip, got nothing/],
    [
      "a check of no zip",
      ["--check", "package.json"],
      /^build-layer: package\.json: expected a zip that Lambda can unpack, got /,
    ],
  ])("refuses %s in one line", async (_what, args, message) => {
    const { code, stderr } = await buildLayer(project().folder, args);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
  });

  test("lists every problem of package.json, one line each, without a stack", async () => {
    const { code, stderr } = await buildLayer(project({ name: "a/b", entry: "none.ts", engine: "own" }).folder);
    expect(code).toBe(1);
    expect(stderr.trimEnd().split("\n")).toEqual([
      expect.stringMatching(/^build-layer: lambdaExtension\.name: expected/),
      expect.stringMatching(/^build-layer: lambdaExtension\.engine: expected/),
      expect.stringMatching(/^build-layer: lambdaExtension\.entry: expected/),
    ]);
  });
});

test("there is one source map, beside the bundle, and stack traces name lines of the sources", async () => {
  const { folder, put } = project(
    { name: "hello", entry: "src/main.ts", register: "self", sourceMap: true },
    'import { fail } from "./part.ts";\n\nfail();',
  );
  put("src/part.ts", "interface Unused {}\n\nexport function fail(): void {\n  console.log(new Error().stack);\n}\n");
  expect(await buildLayer(folder, ["--no-start"])).toMatchObject({ code: 0, stderr: "" });
  expect(readdirSync(join(folder, "dist/layer/extensions"))).toEqual(["hello"]);
  expect(readdirSync(join(folder, "dist/layer/hello"))).toEqual(["index.cjs", "index.cjs.map"]);
  expect(await buildLayer(folder, ["--check", "dist/hello.zip"])).toMatchObject({ code: 0 });
  const stdout = await new Promise<string>((resolve, reject) => {
    const env = {
      PATH: process.env["PATH"],
      AWS_LAMBDA_RUNTIME_API: "127.0.0.1:9",
      NODE_OPTIONS: "--max-http-header-size=1",
    };
    execFile(join(folder, "dist/layer/extensions/hello"), { env }, (error, text) =>
      error === null ? resolve(text) : reject(error),
    );
  });
  expect(stdout).toContain("hello/src/part.ts:4:15)");
  expect(stdout).toContain("hello/src/main.ts:3:1)");
});

describe("--report and --sbom", () => {
  test("write what is in the layer, without time, folder or machine", async () => {
    const made = [project(), project()].map(({ folder, put }) => {
      put("src/main.ts", 'import { used } from "used-package"; import { a } from "./part.ts"; console.log(used, a);');
      put("src/part.ts", 'import { unused } from "left-out"; export const a = 1; export const b = unused;');
      put("node_modules/used-package/package.json", {
        name: "used-package",
        version: "2.0.0",
        license: "(MIT OR Apache-2.0)",
      });
      put("node_modules/used-package/index.js", "exports.used = 1;");
      put("node_modules/used-package/LICENSE", "Be excellent to each other.");
      put("node_modules/left-out/package.json", { name: "left-out", version: "3.0.0", type: "module" });
      put("node_modules/left-out/index.js", "export const unused = 1;");
      return folder;
    });
    for (const folder of made) {
      expect(
        await buildLayer(folder, ["--no-start", "--report", "out/map.html", "--sbom", "out/sbom.json"]),
      ).toMatchObject({
        code: 0,
        stderr: "",
      });
    }
    const [a = "", b = ""] = made;
    // Over its own last result, too.
    const again = await buildLayer(a, ["--no-start", "--report", "out/map.html", "--sbom", "out/sbom.json"]);
    expect(again).toMatchObject({ code: 0 });
    for (const file of ["map.html", "sbom.json", "sbom.licenses.txt"]) {
      expect(readFileSync(join(a, "out", file), "utf8")).toBe(readFileSync(join(b, "out", file), "utf8"));
    }
    expect(readFileSync(join(a, "out/map.html"), "utf8")).toContain("used-package/index.js");
    expect(JSON.parse(readFileSync(join(a, "out/sbom.json"), "utf8"))).toMatchObject({
      bomFormat: "CycloneDX",
      specVersion: "1.6",
      metadata: { component: { name: "hello" } },
      components: [
        { name: "trial", version: "1.0.0", purl: "pkg:npm/trial@1.0.0" },
        { name: "used-package", version: "2.0.0", licenses: [{ expression: "(MIT OR Apache-2.0)" }] },
      ],
    });
    expect(readFileSync(join(a, "out/sbom.licenses.txt"), "utf8")).toContain(
      "used-package 2.0.0 ((MIT OR Apache-2.0))\n\nBe excellent",
    );
  });
});

test.each<[string, readonly string[], RegExp]>([
  [
    "a treemap that is not a page",
    ["--report", "map.txt"],
    /--report: expected a file whose name ends with \.html, got .*map\.txt/,
  ],
  [
    "a bill of materials in place of package.json",
    ["--sbom", "package.json"],
    /--sbom: expected a new file or an earlier report, got .*package\.json/,
  ],
  [
    "a bill of materials in place of that of another tool",
    ["--sbom", "bom.json"],
    /--sbom: expected a new file or an earlier report, got .*bom\.json/,
  ],
  [
    "a treemap in place of a page of the user's",
    ["--report", "index.html"],
    /--report: expected a new file or an earlier report, got .*index\.html/,
  ],
  [
    "license texts in place of a file of the user's",
    ["--sbom", "own.json"],
    /--sbom: expected a new file or an earlier report, got .*own\.licenses\.txt/,
  ],
  [
    "a treemap in place of a pipe",
    ["--report", "pipe.html"],
    /--report: expected a new file or an earlier report, got .*pipe\.html/,
  ],
  ["a treemap in place of a folder", ["--report", "out.html"], /--report: expected a file, got the folder .*out\.html/],
  [
    "a treemap below a file",
    ["--report", "package.json/map.html"],
    /package\.json: expected a folder, got a file in its place/,
  ],
])("refuses %s, before it builds", async (_what, args, message) => {
  const { folder, put } = project();
  put("out.html/file", "");
  put("own.licenses.txt", "");
  put("index.html", "<!doctype html>\n<title>My page</title>");
  put("bom.json", { bomFormat: "CycloneDX", metadata: { tools: { components: [{ name: "another" }] } } });
  execFileSync("mkfifo", ["pipe.html"], { cwd: folder });
  const { code, stderr } = await buildLayer(folder, args);
  expect(code).toBe(1);
  expect(stderr).toMatch(message);
  expect(existsSync(join(folder, "dist"))).toBe(false);
  expect(readFileSync(join(folder, "package.json"), "utf8")).toContain("lambdaExtension");
});

describe("--help", () => {
  test.each([
    [[], /^build-layer: a TypeScript extension becomes a Lambda layer\.\n\nUsage:\n/],
    [["help"], /^build-layer: a TypeScript extension becomes a Lambda layer\.\n\nUsage:\n/],
    [["init"], /^Usage: build-layer init FOLDER\n/],
    [["init", "my-extension"], /^Usage: build-layer init FOLDER\n/],
    [["snippet"], /^Usage: build-layer snippet \[sam\|cdk\|container\]\n/],
    [["--check"], /^Usage: build-layer --check DIR\|ZIP … \[options\]\n[^]*--architecture/],
    [["--json", "--check", "dist"], /^Usage: build-layer --check/],
    [["--out"], /^Usage: build-layer \[options\]\n[^]*--out DIR/],
    [["--watch"], /^Usage: build-layer \[options\]\n[^]*--watch/],
  ])("after %j shows its own usage", async (before, shown) => {
    const { folder } = project();
    const long = await buildLayer(folder, [...before, "--help"]);
    expect(long).toEqual({ code: 0, stdout: expect.stringMatching(shown), stderr: "" });
    for (const same of [
      [...before, "-h"],
      ["--help", ...before],
      ["help", ...before],
    ]) {
      expect(await buildLayer(folder, same)).toEqual(long);
    }
  });

  test("of the whole command names every option, and that of a topic only its own", async () => {
    const { folder } = project();
    expect((await buildLayer(folder, ["--help"])).stdout).toContain("--sbom FILE.json");
    expect((await buildLayer(folder, ["help", "check"])).stdout).not.toContain("--sbom");
  });
});

describe("init", () => {
  test("makes a project that builds at once, with the name of its folder", async () => {
    const { folder } = project();
    const { code, stdout, stderr } = await buildLayer(folder, ["init", "new-one"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("new-one/src/main.ts\n");
    expect(stdout).toContain("cd new-one && npm install && npm start");
    const made = join(folder, "new-one");
    expect(readFileSync(join(made, ".gitignore"), "utf8")).toContain("node_modules/");
    for (const file of stdout.split("\n").filter((line) => line.startsWith("new-one/"))) {
      expect(readFileSync(join(folder, file), "utf8")).not.toContain("my-extension");
    }
    // In place of the package that npm would install.
    mkdirSync(join(made, "node_modules/@lambda-extension/core"), { recursive: true });
    writeFileSync(join(made, "node_modules/@lambda-extension/core/package.json"), '{ "main": "index.js" }');
    writeFileSync(
      join(made, "node_modules/@lambda-extension/core/index.js"),
      `exports.runExtension = () => {};\n${loop}`,
    );
    expect(await buildLayer(made)).toMatchObject({ code: 0, stderr: "" });
    expect(readdirSync(join(made, "dist")).toSorted()).toEqual(["built-from.json", "layer", "new-one.zip"]);
  });

  test("fills the current folder if it is empty", async () => {
    const { folder } = project();
    mkdirSync(join(folder, "new-one"));
    const script = `cd new-one && "${process.execPath}" "${bin}" init . >/dev/null && ls -a`;
    const listed = execFileSync("bash", ["-c", script], { cwd: folder, encoding: "utf8" });
    expect(listed.split("\n")).toEqual(expect.arrayContaining([".gitignore", "package.json", "src"]));
    expect(readdirSync(folder).toSorted()).toEqual(["new-one", "package.json", "src"]);
  });

  test.each<[string, readonly string[], RegExp]>([
    ["no folder", ["init"], /init: expected one folder, for example: build-layer init my-extension/],
    ["a folder in use", ["init", "src"], /init: expected a folder that is empty or not there yet, got .*src/],
    ["a file", ["init", "package.json"], /init: expected a folder/],
    ["a name no extension can have", ["init", "bin"], /^build-layer: lambdaExtension\.name: expected a name/],
  ])("refuses %s", async (_what, args, message) => {
    const { code, stderr } = await buildLayer(project().folder, args);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
  });
});

describe("snippet", () => {
  test("prints every kind, or those that are named", async () => {
    const { folder } = project();
    const all = await buildLayer(folder, ["snippet"]);
    expect(all.stdout).toMatch(/AWS::Serverless::LayerVersion[^]*new lambda\.LayerVersion[^]*COPY --from=/);
    expect((await buildLayer(folder, ["snippet", "cdk"])).stdout).toMatch(/^\/\/ AWS CDK/);
    expect(await buildLayer(folder, ["snippet", "pulumi"])).toMatchObject({
      code: 1,
      stderr: 'build-layer: snippet: expected sam, cdk, container, got "pulumi"\n',
    });
  });
});

describe("--out", () => {
  test("writes the layer's content beside what is already there, over its own last result", async () => {
    const { folder, put } = project();
    put("artifacts/python/module.py", "");
    for (const _ of [1, 2]) {
      expect(await buildLayer(folder, ["--out", "artifacts"])).toMatchObject({ code: 0, stderr: "" });
    }
    expect(readdirSync(join(folder, "artifacts")).toSorted()).toEqual(["extensions", "hello", "python"]);
    expect(existsSync(join(folder, "dist"))).toBe(false);
  });

  test("does not replace a folder that is not its own", async () => {
    const { folder, put } = project();
    put("hello/precious.txt", "");
    const { code, stderr } = await buildLayer(folder, ["--out", "."]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/--out: expected a folder for a layer/);
    expect(existsSync(join(folder, "hello/precious.txt"))).toBe(true);
  });

  test.each<[string, string, RegExp]>([
    ["the package's own folder", ".", /which is the folder of this package/],
    ["the folder above", "..", /which contains this package/],
    ["the root", "/", /got \/, which is the root of the file system/],
    ["the home folder", "home", /which is your home folder/],
    ["a folder of sources", "src", /which contains (main\.ts|the source main\.ts)/],
    ["the sources of another package", "other", /which contains package\.json/],
    ["a repository", "repository", /which contains \.git/],
    ["SAM's own folder", "sam", /which contains template\.yaml/],
    ["the folder of builds without --out", "dist", /which contains layer\/, the result of a build without --out/],
    ["a link to such a folder", "link", /link, which contains package\.json/],
    ["a folder whose extensions/ leads elsewhere", "linked", /in which .*linked\/extensions is something else/],
    ["a folder whose own place leads elsewhere", "linked too", /in which .*linked too\/hello is something else/],
    ["a folder with an extension of the user's", "own", /in which .*own\/extensions\/hello is something else/],
    ["a folder of npm", "node_modules/.layer", /which lies in node_modules/],
    ["a new folder of git", ".git/layer", /which lies in \.git/],
  ])("refuses %s, and writes nothing", async (_what, target, message) => {
    const { folder, put } = project();
    await buildLayer(folder);
    for (const file of ["home/notes", "other/package.json", "repository/.git/HEAD", "sam/template.yaml"]) put(file, "");
    for (const file of ["own/extensions/hello", "own/hello/index.cjs", "node_modules/.layer/x"]) put(file, "");
    for (const made of ["empty", "linked", "linked too"]) mkdirSync(join(folder, made));
    symlinkSync("other", join(folder, "link"));
    symlinkSync("../empty", join(folder, "linked/extensions"));
    symlinkSync("../empty", join(folder, "linked too/hello"));
    const list = (): readonly string[] => readdirSync(folder, { recursive: true, encoding: "utf8" }).toSorted();
    const before = list();
    const { code, stderr } = await buildLayer(folder, ["--out", target], { HOME: join(folder, "home") });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^build-layer: --out: expected a folder for a layer, got [^\n]*; name an empty folder, or a new one\n$/,
    );
    expect(stderr).toMatch(message);
    expect(list()).toEqual(before);
  });

  test("takes a folder with what other layers have, also through a link", async () => {
    const { folder, put } = project();
    for (const file of ["python/module.py", "nodejs/package.json", "config.json", "bin/tool", "extensions/other"]) {
      put(`artifacts/${file}`, "");
    }
    symlinkSync("artifacts", join(folder, "link"));
    expect(await buildLayer(folder, ["--out", "link"])).toMatchObject({ code: 0, stderr: "" });
    expect(readdirSync(join(folder, "artifacts/extensions")).toSorted()).toEqual(["hello", "other"]);
  });

  test.each<[string, string, RegExp]>([
    ["a file", "art", /--out: expected a folder for a layer, got one in which .*art is something else/],
    ["a folder whose extensions are a file", "art/extensions", /in which .*extensions is something else/],
    ["a folder in which the extension's own place is a file", "art/hello", /in which .*hello is something else/],
    [
      "a folder in which the launcher's place is a folder",
      "art/extensions/hello/notes.txt",
      /in which .*hello is something else/,
    ],
  ])("refuses %s, and writes nothing into it", async (_what, file, message) => {
    const { folder, put } = project();
    put(file, "precious");
    const list = (): readonly string[] => readdirSync(folder, { recursive: true, encoding: "utf8" }).toSorted();
    const before = list();
    const { code, stderr } = await buildLayer(folder, ["--out", "art"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
    expect(readFileSync(join(folder, file), "utf8")).toBe("precious");
    expect(list()).toEqual(before);
  });

  test("refuses an architecture that package.json does not list", async () => {
    const { folder } = project({ name: "hello", entry: "src/main.ts", architectures: ["arm64"] });
    const { code, stderr } = await buildLayer(folder, ["--out", "x", "--architecture", "x86_64"]);
    expect(code).toBe(1);
    expect(stderr).toContain("--architecture: expected one of lambdaExtension.architectures (arm64), got x86_64");
  });
});

test("two builds of one project at the same time both succeed, and leave one whole layer", async () => {
  const { folder } = project();
  const ran = await Promise.all([1, 2, 3, 4].map(() => buildLayer(folder)));
  expect(ran.map(({ code, stderr }) => ({ code, stderr }))).toEqual(ran.map(() => ({ code: 0, stderr: "" })));
  expect(readdirSync(join(folder, "dist")).toSorted()).toEqual(["built-from.json", "hello.zip", "layer"]);
  expect(await buildLayer(folder, ["--check", "dist/layer"])).toMatchObject({ code: 0 });
});

test("a Makefile that SAM runs in a copy of its folder finds the project's folder", async () => {
  const { folder, put } = project();
  put("Makefile", readFileSync(new URL("../../../examples/hello/layer/Makefile", import.meta.url), "utf8"));
  put("copy/package.json", {});
  mkdirSync(join(folder, "node_modules/.bin"), { recursive: true });
  symlinkSync(bin, join(folder, "node_modules/.bin/build-layer"));
  const env = { ...process.env, ARTIFACTS_DIR: join(folder, "of sam") };
  execFileSync("make", ["--makefile", join(folder, "Makefile"), "build-HelloExtensionLayer"], {
    cwd: join(folder, "copy"),
    env,
    stdio: "pipe",
  });
  expect(readdirSync(join(folder, "of sam")).toSorted()).toEqual(["extensions", "hello"]);
});

test("--zip replaces only a zip", async () => {
  const { folder } = project();
  execFileSync("mkfifo", ["pipe"], { cwd: folder });
  const document = zipSync({ "word/document.xml": new Uint8Array(10) });
  writeFileSync(join(folder, "letter.docx"), document);
  writeFileSync(
    join(folder, "backup.zip"),
    zipSync({ "docs/extensions/a": new Uint8Array(1), "extensions/b": new Uint8Array(1) }),
  );
  for (const path of ["package.json", "src/main.ts", "pipe", "letter.docx", "backup.zip"]) {
    const { code, stderr } = await buildLayer(folder, ["--zip", path]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^build-layer: --zip: expected a new file or an earlier zip, got [^\n]*, which is something else\n$/,
    );
  }
  expect(readFileSync(join(folder, "src/main.ts"), "utf8")).toBe(loop);
  expect(readFileSync(join(folder, "letter.docx"))).toEqual(Buffer.from(document));
  for (const _ of [1, 2]) expect(await buildLayer(folder, ["--zip", "x"])).toMatchObject({ code: 0 });
});

test("--zip writes the same zip to another place, and nothing else", async () => {
  const { folder } = project();
  const { code, stdout, stderr } = await buildLayer(folder, ["--zip", "out/layer.zip"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^hello: bundle +\d+ B\nout\/layer\.zip +[\d.]+ kB  x86_64 and arm64\n$/);
  expect(existsSync(join(folder, "dist"))).toBe(false);
  expect(readdirSync(join(folder, "out"))).toEqual(["layer.zip"]);
  await buildLayer(folder);
  expect(readFileSync(join(folder, "out/layer.zip"))).toEqual(readFileSync(join(folder, "dist/hello.zip")));
});

describe("--check", () => {
  test("does not wait if the layer, or a file in it, is a pipe", async () => {
    const { folder } = project();
    await buildLayer(folder);
    execFileSync("mkfifo", ["pipe", "dist/layer/hello/pipe"], { cwd: folder });
    expect(await buildLayer(folder, ["--check", "pipe"])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("got pipe, which is neither"),
    });
    expect(await buildLayer(folder, ["--check", "dist/layer"])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("hello/pipe: expected a file, a folder or a link"),
    });
  });

  test("adds up several layers, folders and zips, and gives each its result as JSON", async () => {
    const [a, b] = [project(), project({ name: "other", entry: "src/main.ts" })];
    for (const { folder } of [a, b]) await buildLayer(folder);
    const other = join(b.folder, "dist/other.zip");
    const { code, stdout, stderr } = await buildLayer(a.folder, ["--check", "dist/layer", other]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.replaceAll(/[\d.]+ kB/g, "N kB").split("\n")).toEqual([
      "dist/layer: ok: hello; N kB unzipped; no machine code",
      `${other}: ok: other; N kB unzipped; no machine code`,
      "all layers: ok: hello, other; N kB unzipped",
      "",
    ]);
    const asJson = await buildLayer(a.folder, ["--check", "dist/layer", other, "--json"]);
    expect(JSON.parse(asJson.stdout)).toMatchObject({
      layers: [
        { path: "dist/layer", problems: [], extensions: ["hello"] },
        { path: other, problems: [], extensions: ["other"] },
      ],
      sum: { problems: [], extensions: ["hello", "other"], unzippedBytes: expect.any(Number) },
    });
    const single = await buildLayer(a.folder, ["--check", "dist/layer", "--json"]);
    expect(Object.keys(JSON.parse(single.stdout) as object)).toEqual([
      "problems",
      "extensions",
      "architectures",
      "unzippedBytes",
      "warnings",
      "engines",
    ]);
  });

  test("warns of files that other programs left, and passes the layer", async () => {
    const { folder, put } = project();
    await buildLayer(folder);
    put("dist/layer/hello/.DS_Store", "");
    expect(await buildLayer(folder, ["--check", "dist/layer"])).toMatchObject({
      code: 0,
      stderr:
        "build-layer: warning: dist/layer: hello/.DS_Store, a file that no function needs: delete it before packing\n",
    });
  });

  test("lists what is wrong with a folder that another tool made", async () => {
    const { folder } = project();
    await buildLayer(folder);
    chmodSync(join(folder, "dist/layer/extensions/hello"), 0o644);
    writeFileSync(join(folder, "dist/layer/extensions/index.js.map"), "{}");
    symlinkSync("/etc/hostname", join(folder, "dist/layer/hello/link"));
    const { code, stderr } = await buildLayer(folder, ["--check", "dist/layer"]);
    expect(code).toBe(1);
    expect(stderr.trimEnd().split("\n")).toEqual([
      expect.stringMatching(/extensions\/hello: expected an execute bit/),
      expect.stringMatching(/extensions\/index\.js\.map: expected a program.*: move it out of extensions\/$/),
      expect.stringMatching(/hello\/link: expected a link inside the layer, got one to \/etc\/hostname/),
    ]);
    expect(await buildLayer(folder, ["--check", "dist/layer", "dist/hello.zip"])).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^dist\/hello\.zip: ok: hello; [^\n]*\n$/),
      stderr: expect.stringMatching(
        /dist\/layer: hello\/link: expected[^]*all layers: extensions\/hello: expected in one layer, got it in dist\/layer and dist\/hello\.zip/,
      ),
    });
    const asJson = await buildLayer(folder, ["--check", "dist/layer", "--json"]);
    expect(asJson.code).toBe(1);
    expect(JSON.parse(asJson.stdout)).toMatchObject({ problems: expect.arrayContaining([expect.any(String)]) });
  });
});

test("--check and snippet warn about a layer that is older than its sources", async () => {
  const { folder, put } = project();
  await buildLayer(folder);
  for (const args of [["--check", "dist/hello.zip"], ["snippet"]]) {
    expect(await buildLayer(folder, args)).toMatchObject({ code: 0, stderr: "" });
  }
  put("src/main.ts", "console.log('changed');");
  for (const [layer, ...args] of [
    ["dist/hello.zip", "--check", "dist/hello.zip"],
    ["dist/layer", "snippet"],
  ]) {
    expect(await buildLayer(folder, args)).toMatchObject({
      code: 0,
      stderr: `build-layer: warning: src/main.ts has changed since ${layer} was built: run npx build-layer\n`,
    });
  }
});

/** A build that watches, until the end of `work`. */
async function watching(
  folder: string,
  work: (said: (count: number, what: RegExp) => Promise<boolean>) => Promise<void>,
): Promise<void> {
  const child = spawn(process.execPath, [bin, "--watch"], {
    cwd: folder,
    env: { ...process.env, BUILD_LAYER_CACHE: cache },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  try {
    await work((count, what) =>
      vi.waitUntil(() => (stderr.match(new RegExp(what, "g"))?.length ?? 0) >= count, { timeout: 60_000 }),
    );
  } finally {
    child.kill("SIGINT");
  }
  expect(await ended).toBe(130);
}

test("--watch builds again after every change, through a failure, until it is ended", async () => {
  const { folder, put } = project({ name: "hello", entry: "src/main.ts" }, `import "./part.ts";\n${loop}`);
  put("src/part.ts", "console.log('first');");
  const bundle = (): string => readFileSync(join(folder, "dist/layer/hello/index.cjs"), "utf8");
  await watching(folder, async (said) => {
    await said(1, /built in \d+ ms; watching 2 files/);
    // The test reads the bundle and does not count builds: a change near the start of a build is built twice.
    put("src/part.ts", "console.log('second');");
    await expect.poll(bundle).toContain("second");

    put("src/part.ts", 'import "./missing.ts";');
    await said(1, /src\/part\.ts:1: Could not resolve/);
    expect(bundle()).toContain("second");
    put("src/missing.ts", "console.log('third');");
    await said(1, /watching 3 files/);
    await expect.poll(bundle).toContain("third");

    put("package.json", { lambdaExtension: { name: "other", entry: "src/main.ts" } });
    await expect.poll(() => readdirSync(join(folder, "dist/layer/extensions"))).toEqual(["other"]);
  });
});

test("--watch starts what it builds, and builds again after a change if that failed at once", async () => {
  const { folder, put } = project({ name: "hello", entry: "src/main.ts" }, `import "./part.ts";\n${loop}`);
  put("src/part.ts", "process.exit(4);");
  await watching(folder, async (said) => {
    await said(1, /hello: the bundle does not start: it ended \(exit status 4\)/);
    expect(readdirSync(join(folder, "dist"))).toEqual([]);
    put("src/part.ts", "console.log('works');");
    await said(1, /built in \d+ ms; watching 2 files/);
    expect(readFileSync(join(folder, "dist/layer/hello/index.cjs"), "utf8")).toContain("works");
  });
});

test("ends without a stack when its output is closed, and says when it cannot write there", async () => {
  const { folder } = project();
  const shell = (command: string): string =>
    execFileSync("bash", ["-c", `{ ${command}; } 2>&1; echo "\${PIPESTATUS[0]}"`], { cwd: folder, encoding: "utf8" });
  const build = `"${process.execPath}" "${bin}"`;
  expect(shell(`${build} | true; exit \${PIPESTATUS[0]}`)).toBe("");
  expect(shell(`${build} >/dev/full`)).toMatch(/^build-layer: standard output: ENOSPC[^\n]*\n1\n$/);
});

describe("signals", () => {
  test("leaves nothing behind if the user ends it in the middle of a build", async () => {
    const { folder, put } = project({ name: "hello", entry: "src/main.ts", engine: "carried" });
    // An npm that never answers keeps the build waiting at a known point.
    put("bin/npm", '#!/bin/bash\n: > "$MARK"\nexec sleep 600\n');
    chmodSync(join(folder, "bin/npm"), 0o755);
    const mark = join(folder, "waiting");
    const child = spawn(process.execPath, [bin], {
      cwd: folder,
      env: {
        ...process.env,
        PATH: `${join(folder, "bin")}:${process.env["PATH"]}`,
        MARK: mark,
        BUILD_LAYER_CACHE: join(folder, "cache"),
      },
      stdio: "ignore",
      detached: true,
    });
    const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
    await vi.waitUntil(() => existsSync(mark), { timeout: 60_000 });
    process.kill(-(child.pid ?? 0), "SIGINT");
    expect(await ended).toBe(130);
    expect(existsSync(join(folder, "dist"))).toBe(false);
    // The lock stays but has no effect: its process has ended.
    expect(readdirSync(join(folder, "cache"))).toEqual([expect.stringMatching(/^node-linux-.*\.lock$/)]);
  });
});

describe.skipIf(process.platform !== "linux")("a build that is ended while the bundle starts", () => {
  test.each(["SIGINT", "SIGTERM", "SIGKILL"] as const)("by %s leaves no process of the bundle", async (signal) => {
    const { folder, put } = project();
    const mark = join(folder, "started");
    put(
      "src/main.ts",
      `import { writeFileSync } from "node:fs"; writeFileSync(${JSON.stringify(mark)}, ""); for (;;);`,
    );
    const child = spawn(process.execPath, [bin], {
      cwd: folder,
      env: { ...process.env, BUILD_LAYER_CACHE: cache, TMPDIR: folder },
      stdio: "ignore",
    });
    const ended = new Promise((resolve) => child.once("exit", resolve));
    await vi.waitUntil(() => existsSync(mark), { timeout: 60_000 });
    const ofBundle = (): readonly string[] =>
      readdirSync("/proc").filter((pid) => {
        try {
          return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(`${folder}/.build-layer-`);
        } catch {
          return false;
        }
      });
    expect(ofBundle()).not.toEqual([]);
    child.kill(signal);
    await ended;
    await expect.poll(ofBundle, { timeout: 4000 }).toEqual([]);
    if (signal === "SIGKILL") return; // its folders stay until a later build removes them
    expect(readdirSync(join(folder, "dist"))).toEqual([]);
    expect(readdirSync(folder).toSorted()).toEqual(["dist", "package.json", "src", "started"]);
  });
});

/** The Node that npm installed for this machine, if Lambda has such machines too. */
const host = { x64: "x86_64", arm64: "arm64" } as const;
const architecture =
  process.platform === "linux" && (process.arch === "x64" || process.arch === "arm64") ? host[process.arch] : undefined;
const packageName = engineReleases.node[architecture ?? "x86_64"].packageName;
const installed = architecture && findInstalled(import.meta.dirname, packageName);

test.runIf(installed !== undefined)("a carried engine runs the bundle without another Node on PATH", async () => {
  const { folder } = project(
    { name: "hello", entry: "src/main.ts", engine: "carried", architectures: [architecture] },
    `console.log(process.version, process.env.LAMBDA_EXTENSION_NAME);\n${loop}`,
  );
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(installed ?? "", join(folder, "node_modules", packageName));
  const env = { BUILD_LAYER_CACHE: join(folder, "cache") };
  expect(await buildLayer(folder, ["--out", "art"], env)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(
      /^art +12\d\.\d MB  (x86_64|arm64), 4\d % of what Lambda allows a function with all its layers$/m,
    ),
    stderr: "",
  });
  expect(await buildLayer(folder, ["--check", "art"])).toMatchObject({
    stdout: expect.stringMatching(
      new RegExp(`12\\d\\.\\d MB unzipped, 4\\d % of what .*; programs for ${architecture}`),
    ),
  });

  const api = await startFakeApi(() => ({ chunks: [ok("{}", { "Lambda-Extension-Identifier": "0" })] }));
  try {
    const stdout = await new Promise<string>((resolve, reject) => {
      const launcher = join(folder, "art/extensions/hello");
      execFile(launcher, { env: { PATH: "/nowhere", AWS_LAMBDA_RUNTIME_API: api.address } }, (error, text) =>
        error === null ? resolve(text) : reject(error),
      );
    });
    expect(stdout).toBe("v24.21.0 hello\n");
  } finally {
    await api.close();
  }
  expect(readdirSync(join(folder, "art/hello/bin")).toSorted()).toEqual(["LICENSE", "node"]);
});

describe.runIf(installed !== undefined)("a carried engine and its cache", () => {
  const release = engineReleases.node[architecture ?? "x86_64"];
  const settings = { name: "hello", entry: "src/main.ts", engine: "carried", architectures: [architecture] };
  const withEngine = (): ProjectFolder & { readonly env: { readonly BUILD_LAYER_CACHE: string } } => {
    const made = project(settings);
    mkdirSync(join(made.folder, "node_modules"));
    symlinkSync(installed ?? "", join(made.folder, "node_modules", packageName));
    return { ...made, env: { BUILD_LAYER_CACHE: join(made.folder, "cache") } };
  };
  const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
  /** Overwrites 100 bytes, and gives the file its old time. */
  const damage = (path: string): void => {
    const { mtime, size } = statSync(path);
    const file = openSync(path, "r+");
    writeSync(file, Buffer.alloc(100), 0, 100, Math.floor(size / 2));
    closeSync(file);
    utimesSync(path, mtime, mtime);
  };

  test("the bill of materials has the hash of what is in the folder and in the zip, whatever the cache and the last folder hold", async () => {
    const { folder, env } = withEngine();
    await buildLayer(folder, [], env);
    const node = join(folder, "dist/layer/hello/bin/node");
    const cached = join(env.BUILD_LAYER_CACHE, readdirSync(env.BUILD_LAYER_CACHE)[0] ?? "");
    for (const name of readdirSync(cached).filter((name) => name.startsWith("executable"))) damage(join(cached, name));
    damage(node);
    expect(await buildLayer(folder, ["--check", "dist/layer"])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^build-layer: hello\/bin\/node: expected the bytes of node-linux-.* got others \([^\n]*\n$/,
      ),
    });

    const { code, stderr } = await buildLayer(folder, ["--sbom", "sbom.json"], env);
    expect(code).toBe(0);
    expect(stderr.trimEnd().split("\n").toSorted()).toEqual([
      expect.stringMatching(
        /^build-layer: compressing node-linux-.* again: .* does not hold the bytes that are pinned$/,
      ),
      expect.stringMatching(/^build-layer: copying node-linux-.* again: .* does not hold the bytes that are pinned$/),
    ]);
    const bom = JSON.parse(readFileSync(join(folder, "sbom.json"), "utf8")) as {
      components: readonly { name: string; hashes?: readonly { content: string }[] }[];
    };
    const stated = bom.components.find(({ name }) => name === packageName)?.hashes?.[0]?.content;
    expect(stated).toBe(release.executable.sha256);
    expect(sha256(readFileSync(node))).toBe(stated);
    const zip = readFileSync(join(folder, "dist/hello.zip"));
    const { "hello/bin/node": entry = new Uint8Array() } = unzipSync(zip, {
      filter: ({ name }) => name === "hello/bin/node",
    });
    expect(sha256(entry)).toBe(stated);
    for (const path of ["dist/layer", "dist/hello.zip"]) {
      expect(await buildLayer(folder, ["--check", path])).toMatchObject({
        code: 0,
        stdout: expect.stringContaining(`hello/bin/node has the bytes of ${packageName} ${release.version}`),
      });
    }
  });

  test.runIf(spawnSync("unshare", ["-Urm", "true"]).status === 0)(
    "works with a cache that is read-only and whole; fails in one line if it is full, or damaged and read-only; two builds mend it once",
    async () => {
      const { folder, env } = withEngine();
      const cache = env.BUILD_LAYER_CACHE;
      const build = (mount: string, more = ""): { code: number | null; stderr: string } => {
        const script = `mount ${mount} && "$0" "$1" --zip out.zip; code=$?; ${more} exit $code`;
        const args = ["-Urm", "bash", "-c", script, process.execPath, bin, cache];
        const { status: code, stderr } = spawnSync("unshare", args, {
          cwd: folder,
          env: { ...process.env, ...env },
          encoding: "utf8",
        });
        return { code, stderr };
      };
      mkdirSync(cache);
      expect(build('-t tmpfs -o size=1m tmpfs "$2"', 'ls -A "$2" >&2;')).toEqual({
        code: 1,
        stderr: expect.stringMatching(
          /^build-layer: [^\n]*cache: expected a folder with free space that this user can write to; set BUILD_LAYER_CACHE to another one \(ENOSPC[^\n]*\n$/,
        ),
      });
      expect(existsSync(join(folder, "out.zip"))).toBe(false);

      await buildLayer(folder, ["--zip", "first.zip"], env);
      const readOnly = '--bind "$2" "$2" && mount -o remount,bind,ro "$2"';
      expect(build(readOnly)).toEqual({ code: 0, stderr: "" });
      const before = readFileSync(join(folder, "out.zip"));
      expect(before.equals(readFileSync(join(folder, "first.zip")))).toBe(true);

      const home = join(cache, readdirSync(cache)[0] ?? "");
      damage(join(home, readdirSync(home).find((name) => name.startsWith("executable.")) ?? ""));
      expect(build(readOnly)).toEqual({
        code: 1,
        stderr: expect.stringMatching(
          /^build-layer: [^\n]*cache: expected a folder with free space[^\n]*EROFS[^\n]*\n$/,
        ),
      });
      expect(readFileSync(join(folder, "out.zip")).equals(before)).toBe(true);

      const both = await Promise.all(["a.zip", "b.zip"].map((zip) => buildLayer(folder, ["--zip", zip], env)));
      expect(both.map(({ code }) => code)).toEqual([0, 0]);
      expect(both.map(({ stderr }) => stderr).join("")).toMatch(
        /^build-layer: compressing node-linux-[^\n]* again: [^\n]*\n$/,
      );
      for (const zip of ["a.zip", "b.zip"]) expect(readFileSync(join(folder, zip)).equals(before)).toBe(true);
    },
  );
});
