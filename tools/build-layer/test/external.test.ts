import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { bin, build, buildAndRun, buildLayer } from "./build-and-run.ts";
import { makeProject } from "./project-folder.ts";
import type { ProjectFolder } from "./project-folder.ts";

const opened: ProjectFolder[] = [];
afterEach(() => {
  for (const project of opened.splice(0)) project.remove();
});

/** A project whose node_modules has packages, by path. Their `index.js` prints the path, unless they have another. */
function project(
  settings: object,
  packages: Readonly<Record<string, object>>,
  source = 'console.log(require("one"));',
): ProjectFolder {
  const made = makeProject({ name: "hello", entry: "src/main.ts", ...settings }, source);
  opened.push(made);
  for (const [path, manifest] of Object.entries(packages)) {
    const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
    made.put(`${path}/package.json`, { name, version: "1.0.0", ...manifest });
    made.put(`${path}/index.js`, `module.exports = ${JSON.stringify(path)};`);
  }
  return made;
}

/** Writes the first bytes of a Linux program for a processor: 62 is x86_64, 183 is arm64. */
function putProgram({ folder }: ProjectFolder, path: string, machine: 62 | 183, text = ""): void {
  const head = Buffer.alloc(64);
  head.write("\x7fELF", "latin1");
  head.writeUInt16LE(machine, 18);
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), Buffer.concat([head, Buffer.from(text)]));
}

const inLayer = ({ folder }: ProjectFolder, layer = "layer"): readonly string[] =>
  readdirSync(join(folder, "dist", layer, "hello/node_modules"), {
    recursive: true,
    encoding: "utf8",
    withFileTypes: true,
  })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).split(`${layer}/hello/node_modules/`)[1] ?? "")
    .toSorted();

const both = { external: ["one"], architectures: ["x86_64", "arm64"] };

describe("external", () => {
  test("a package is copied with what it needs in production, each version where Node finds it", async () => {
    const made = project(
      { external: ["one"] },
      {
        "node_modules/one": { dependencies: { two: "1", three: "1" }, devDependencies: { dev: "1" } },
        "node_modules/two": { dependencies: { three: "2" } },
        "node_modules/three": {},
        "node_modules/two/node_modules/three": { dependencies: { two: "1" } },
        "node_modules/dev": {},
      },
    );
    made.put("node_modules/one/index.js", 'module.exports = [require("two"), require("three")].flat().join(" ");');
    made.put("node_modules/two/index.js", 'module.exports = ["two", require("three")];');
    const { built, ran } = await buildAndRun(made);
    expect(built.stderr).toBe("");
    expect(ran).toMatchObject({ stdout: "two node_modules/two/node_modules/three node_modules/three\n", stderr: "" });
    expect(inLayer(made).filter((path) => path.endsWith("index.js"))).toEqual([
      "one/index.js",
      "three/index.js",
      "two/index.js",
      "two/node_modules/three/index.js",
    ]);
  });

  test("packages that are links, as pnpm makes them, are copied without links", async () => {
    const store = "node_modules/.pnpm";
    const made = project(
      { external: ["one"] },
      {
        [`${store}/one@1/node_modules/one`]: { dependencies: { "@scope/two": "1" } },
        [`${store}/two@1/node_modules/@scope/two`]: {},
      },
    );
    made.put(`${store}/one@1/node_modules/one/index.js`, 'module.exports = require("@scope/two");');
    mkdirSync(join(made.folder, store, "one@1/node_modules/@scope"));
    symlinkSync("../../../two@1/node_modules/@scope/two", join(made.folder, store, "one@1/node_modules/@scope/two"));
    symlinkSync(".pnpm/one@1/node_modules/one", join(made.folder, "node_modules/one"));
    const { ran } = await buildAndRun(made);
    expect(ran.stdout).toBe("node_modules/.pnpm/two@1/node_modules/@scope/two\n");
    expect(await buildLayer(made, ["--check", "dist/layer"])).toMatchObject({ code: 0 });
  });

  test("takes peers that are there, but optional ones only if the project needs them in production", async () => {
    const made = project(
      { external: ["one", "driver"] },
      {
        "node_modules/one": {
          peerDependencies: { peer: "1", driver: "1", typescript: "1", absent: "1" },
          peerDependenciesMeta: {
            driver: { optional: true },
            typescript: { optional: true },
            absent: { optional: true },
          },
        },
        "node_modules/peer": {},
        "node_modules/driver": {},
        "node_modules/typescript": {},
      },
    );
    expect(await build(made)).toMatchObject({ code: 0, stderr: "" });
    expect(readdirSync(join(made.folder, "dist/layer/hello/node_modules"))).toEqual(["driver", "one", "peer"]);
  });

  test("leaves out maps, sources of native code and types of a file beside them, and keeps licenses and data", async () => {
    const made = project({ external: ["one"] }, { "node_modules/one": {} });
    const dropped = [
      "index.js.map",
      "README.md",
      "index.d.ts",
      "src/a.cc",
      "build/Release/obj.target/x.txt",
      ".github/x",
    ];
    const kept = ["LICENSE.md", "lib/lib.dom.d.ts", "data.json", "docs/index.js"];
    for (const path of [...dropped, ...kept]) made.put(`node_modules/one/${path}`, "x");
    expect(await build(made)).toMatchObject({ code: 0, stderr: "" });
    expect(inLayer(made)).toEqual([...kept, "index.js", "package.json"].map((path) => `one/${path}`).toSorted());
  });

  test("packages and packages of assets are in the bill of materials, with their licenses", async () => {
    const made = project(
      { external: ["one"], assets: ["node_modules/three/data.txt"] },
      {
        "node_modules/one": { license: "MIT", dependencies: { two: "1" } },
        "node_modules/two": { license: "ISC" },
        "node_modules/three": { license: "0BSD" },
      },
    );
    made.put("node_modules/one/LICENSE", "Be kind.");
    made.put("node_modules/three/data.txt", "x");
    expect(await build(made, ["--sbom", "sbom.json"])).toMatchObject({ code: 0, stderr: "" });
    const { components } = JSON.parse(readFileSync(join(made.folder, "sbom.json"), "utf8")) as {
      components: { name: string }[];
    };
    expect(components.map(({ name }) => name)).toEqual(["one", "three", "trial", "two"]);
    expect(readFileSync(join(made.folder, "sbom.licenses.txt"), "utf8")).toContain("one 1.0.0 (MIT)\n\nBe kind.");
  });

  test("a package may have more files than the system opens at once", async () => {
    const made = project({ external: ["one"] }, { "node_modules/one": {} });
    for (let index = 0; index < 600; index++) made.put(`node_modules/one/lib/${index}.js`, "");
    const script = 'ulimit -n 128; exec "$@"';
    const ran = execFileSync("bash", ["-c", script, "bash", process.execPath, bin, "--no-start"], {
      cwd: made.folder,
      encoding: "utf8",
    });
    expect(ran).toContain("external packages: 1");
    expect(inLayer(made)).toHaveLength(602);
  });

  test("names what a package needs and is not installed", async () => {
    const made = project({ external: ["one"] }, { "node_modules/one": { dependencies: { two: "1" } } });
    expect(await build(made)).toMatchObject({
      code: 1,
      stderr:
        'build-layer: lambdaExtension.external: expected "two", which one needs, to be installed, got no such package: run npm install\n',
    });
  });

  test("refuses versions that need each other without end", async () => {
    const store = "node_modules/.pnpm";
    const needs = { a1: "b1", b1: "a2", a2: "b2", b2: "a1" };
    const made = project(
      { external: ["a"] },
      Object.fromEntries(
        Object.entries(needs).map(([one, other]) => [
          `${store}/${one}/node_modules/${one[0]}`,
          { dependencies: { [other.slice(0, 1)]: "*" } },
        ]),
      ),
    );
    const link = (name: string, from: string, to: string): void =>
      symlinkSync(join(made.folder, store, to, "node_modules", name), join(made.folder, from, name));
    for (const [one, other] of Object.entries(needs)) link(other.slice(0, 1), `${store}/${one}/node_modules`, other);
    link("a", "node_modules", "a1");
    const { code, stderr } = await build(made);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^build-layer: lambdaExtension\.external: expected one version of packages that need each other, got folders without end: node_modules\/b\/node_modules\/a\/.*\n$/,
    );
  });
});

describe("native builds", () => {
  test("each architecture has a layer with its own builds, and none of another system", async () => {
    const made = project(both, {
      "node_modules/one": {
        optionalDependencies: {
          "@n/linux-x64": "1",
          "@n/linux-arm64": "1",
          "@n/linuxmusl-x64": "1",
          "@n/darwin-x64": "1",
        },
      },
      "node_modules/@n/linux-x64": { os: ["linux"], cpu: ["x64"], libc: ["glibc"] },
      "node_modules/@n/linux-arm64": { os: ["linux"], cpu: ["arm64"] },
      "node_modules/@n/linuxmusl-x64": { os: ["linux"], cpu: ["x64"], libc: ["musl"] },
      "node_modules/@n/darwin-x64": { os: ["darwin"], cpu: ["x64"] },
    });
    putProgram(made, "node_modules/one/prebuilds/linux-x64/a.node", 62);
    putProgram(made, "node_modules/one/prebuilds/linux-arm64/a.node", 183);
    expect(await build(made)).toMatchObject({ code: 0, stderr: "" });
    const files = (layer: string): readonly string[] => inLayer(made, layer).filter((path) => /node$|index/.test(path));
    expect(files("layer")).toEqual(["@n/linux-x64/index.js", "one/index.js", "one/prebuilds/linux-x64/a.node"]);
    expect(files("layer-arm64")).toEqual([
      "@n/linux-arm64/index.js",
      "one/index.js",
      "one/prebuilds/linux-arm64/a.node",
    ]);
    expect(await buildLayer(made, ["--check", "dist/layer-arm64", "--architecture", "arm64"])).toMatchObject({
      code: 0,
    });
    expect((await buildLayer(made, ["snippet", "sam"])).stdout).toMatch(
      /CompatibleArchitectures: \[x86_64\][^]*dist\/layer-arm64"/,
    );
  });

  test("refuses a layer without the build for its architecture, and names the command that gets it", async () => {
    const made = project(both, {
      "node_modules/one": { optionalDependencies: { "@n/linux-x64": "^1.2.0", "@n/linux-arm64": "^1.2.0" } },
      "node_modules/@n/linux-x64": { os: ["linux"], cpu: ["x64"] },
    });
    expect(await build(made)).toMatchObject({
      code: 1,
      stderr:
        'build-layer: lambdaExtension.external: expected the native build of "one" for arm64 (@n/linux-arm64), got none: ' +
        'run npm install --no-save --force @n/linux-arm64@^1.2.0, or set "architectures" to those that are installed\n',
    });
    expect(await build(made, ["--architecture", "x86_64"])).toMatchObject({ code: 0 });
    expect(await build(made, ["--out", "art"])).toMatchObject({ code: 0 });
  });

  test("refuses a build for another processor, or another system", async () => {
    const made = project(both, { "node_modules/one": {} });
    putProgram(made, "node_modules/one/build/Release/a.node", 62);
    expect((await build(made)).stderr).toBe(
      'build-layer: lambdaExtension.external: expected a native build of "one" for arm64, got build/Release/a.node for x86_64: ' +
        'install "one" on a machine of that kind, or set "architectures" to those that are installed\n',
    );
    writeFileSync(
      join(made.folder, "node_modules/one/build/Release/a.node"),
      Buffer.from("cffaedfe".padEnd(64, "0"), "hex"),
    );
    expect((await build(made, ["--architecture", "x86_64"])).stderr).toContain(
      "for x86_64, got build/Release/a.node for macOS",
    );
  });

  test("refuses a package of the project that was installed without its build, and no other: it may be optional", async () => {
    const made = project(
      { external: ["one"] },
      { "node_modules/one": {}, "node_modules/two": { optionalDependencies: { one: "1" } } },
    );
    made.put("node_modules/one/binding.gyp", "{}");
    expect(await build(made)).toMatchObject({ code: 0, stderr: "" });
    const settings = { name: "hello", entry: "src/main.ts", external: ["one"] };
    made.put("package.json", { devDependencies: { one: "1" }, lambdaExtension: settings });
    expect((await build(made)).stderr).toMatch(
      /expected a native build of "one" for x86_64, got none in .*node_modules\/one: run npm rebuild one with install scripts allowed\n/,
    );
    made.put("package.json", { lambdaExtension: { ...settings, external: ["two"] } });
    made.put("src/main.ts", 'require("two")');
    expect(await build(made)).toMatchObject({ code: 0, stderr: "" });
  });

  test("says which Node.js a build is for, and refuses another one that is carried, and a glibc newer than Lambda's", async () => {
    const made = project({ external: ["one"], architectures: ["x86_64"] }, { "node_modules/one": {} });
    putProgram(made, "node_modules/one/a.node", 62, "\0node_register_module_v115\0GLIBC_2.2.5\0GLIBC_2.34\0");
    expect(await build(made)).toMatchObject({
      code: 0,
      stderr:
        "build-layer: warning: one: a.node works with Node.js 20 only: use the layer only with functions on that Node.js\n",
    });
    made.put("package.json", {
      lambdaExtension: { name: "hello", entry: "src/main.ts", external: ["one"], engine: "carried" },
    });
    expect((await build(made)).stderr).toContain(
      'expected a native build of "one" for Node.js 24, which the layer carries, got a.node for Node.js 20: run npm rebuild one with Node.js 24\n',
    );
    putProgram(made, "node_modules/one/a.node", 62, "\0node_register_module_v137\0");
    expect((await build(made)).stderr).not.toContain("Node.js 24");
    putProgram(made, "node_modules/one/a.node", 62, "GLIBC_2.38\0");
    expect((await build(made)).stderr).toContain(
      "for Lambda's glibc 2.34, got a.node for glibc 2.38: build it on Amazon Linux 2023\n",
    );
  });
});
