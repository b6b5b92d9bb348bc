import { spawn } from "node:child_process";
import { chmodSync, existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { bin, build, buildAndRun, buildLayer, runNode } from "./build-and-run.ts";
import { makeProject } from "./project-folder.ts";
import type { ProjectFolder } from "./project-folder.ts";

const opened: ProjectFolder[] = [];
afterEach(() => {
  for (const project of opened.splice(0)) project.remove();
});

function project(settings: object, source: string): ProjectFolder {
  const made = makeProject({ name: "hello", entry: "src/main.ts", ...settings }, source);
  opened.push(made);
  return made;
}

describe("import.meta", () => {
  test("url, dirname and filename are the bundle's own, in sources and in dependencies", async () => {
    const made = project(
      { assets: ["src/rules.json"] },
      `import { createRequire } from "node:module";
       import { readFileSync } from "node:fs";
       import { fromPackage } from "pack";
       const __dirname = import.meta.dirname;
       const __filename = import.meta.filename;
       console.log(JSON.stringify([
         __dirname, __filename, import.meta.url, fromPackage,
         createRequire(import.meta.url)("./rules.json").rule,
         JSON.parse(readFileSync(new URL("./rules.json", import.meta.url), "utf8")).rule,
       ]));`,
    );
    made.put("src/rules.json", { rule: 1 });
    made.put("node_modules/pack/package.json", { name: "pack", version: "1.0.0", type: "module", main: "index.js" });
    made.put(
      "node_modules/pack/index.js",
      `import { createRequire } from "module"; import { dirname } from "path"; import { fileURLToPath } from "url";
       const require = createRequire(import.meta.url); const __dirname = dirname(fileURLToPath(import.meta.url));
       export const fromPackage = [require("fs").existsSync(__dirname), __dirname];`,
    );
    const { built, ran, opt } = await buildAndRun(made);
    expect({ built: built.stderr, ran: ran.stderr }).toEqual({ built: "", ran: "" });
    const folder = join(opt, "hello");
    const url = `file://${folder.replaceAll(" ", "%20")}/index.cjs`;
    expect(JSON.parse(ran.stdout)).toEqual([folder, join(folder, "index.cjs"), url, [true, folder], 1, 1]);
  });

  test("leaves the directive of a strict program first", async () => {
    const made = project({}, "console.log(typeof import.meta.url, (function () { return this; })());");
    made.put("tsconfig.json", { compilerOptions: { strict: true } });
    expect((await buildAndRun(made)).ran.stdout).toBe("string undefined\n");
  });

  test("costs nothing in a bundle that does not use it, and the lines of the source map stay right", async () => {
    const made = project({}, 'console.log(require("./part.cjs"));');
    made.put("src/part.cjs", "module.exports = 1;");
    await build(made);
    expect(readFileSync(join(made.folder, "dist/layer/hello/index.cjs"), "utf8")).not.toMatch(/__|node:url/);
    made.put("package.json", {
      type: "module",
      lambdaExtension: { name: "hello", entry: "src/main.ts", sourceMap: true },
    });
    made.put("src/main.ts", "interface A {}\n\nif (import.meta.url !== '')\n  throw new Error('here');");
    await build(made);
    const ran = await runNode(["--enable-source-maps", join(made.folder, "dist/layer/hello/index.cjs")], "/");
    expect(ran.stderr).toMatch(/src\/main\.ts:4:9\)?\n/);
  });
});

describe("assets", () => {
  test("are found by __dirname, are in the zip, and pass the check", async () => {
    const made = project(
      { assets: ["src/rules.json", "src/pages", "tools/*.sh"] },
      `import { readFileSync } from "node:fs"; import { join } from "node:path";
       for (const file of ["rules.json", "pages/a.html", "run.sh"]) console.log(readFileSync(join(__dirname, file), "utf8"));`,
    );
    made.put("src/rules.json", "the rules");
    made.put("src/pages/a.html", "the page");
    made.put("tools/run.sh", "the script");
    chmodSync(join(made.folder, "tools/run.sh"), 0o755);
    const { built, ran, opt } = await buildAndRun(made);
    expect(built).toMatchObject({
      stderr: "",
      stdout: expect.stringMatching(/hello: beside it +27 B  assets: 3, external packages: 0\n/),
    });
    expect(ran).toMatchObject({ stdout: "the rules\nthe page\nthe script\n", stderr: "" });
    expect(statSync(join(opt, "hello/run.sh")).mode & 0o777).toBe(0o755);
    expect(await buildLayer(made, ["--check", "dist/hello.zip"])).toMatchObject({ code: 0 });
  });

  test("a layer is older than an asset that has changed since", async () => {
    const made = project({ assets: ["src/rules.json"] }, "console.log(1);");
    made.put("src/rules.json", "1");
    await build(made);
    expect((await buildLayer(made, ["--check", "dist/layer"])).stderr).toBe("");
    made.put("src/rules.json", "2");
    expect((await buildLayer(made, ["--check", "dist/layer"])).stderr).toMatch(
      /warning: src\/rules\.json has changed since dist\/layer was built/,
    );
  });

  test("problems of assets and of external packages come together, and nothing is written", async () => {
    const made = project({ assets: ["src/none.json"], external: ["nothing-there"] }, "");
    const { code, stderr } = await build(made);
    expect(code).toBe(1);
    expect(stderr.trimEnd().split("\n")).toEqual([
      expect.stringMatching(/^build-layer: lambdaExtension\.assets: expected files at "src\/none\.json", got none/),
      'build-layer: lambdaExtension.external: expected "nothing-there" to be installed, got no such package: run npm install nothing-there',
    ]);
    expect(existsSync(join(made.folder, "dist"))).toBe(false);
  });
});

describe("loader", () => {
  test("says what the import of a file gives", async () => {
    const made = project(
      { loader: { ".sql": "text", ".wasm": "binary" } },
      `import query from "./q.sql"; import bytes from "./m.wasm"; console.log(query, bytes.length, bytes instanceof Uint8Array);`,
    );
    made.put("src/q.sql", "select 1");
    writeFileSync(join(made.folder, "src/m.wasm"), Uint8Array.of(0, 97, 115, 109));
    expect((await buildAndRun(made)).ran.stdout).toBe("select 1 4 true\n");
  });

  test("is named where it is missing", async () => {
    const made = project({}, 'import page from "./a.html"; console.log(page);');
    made.put("src/a.html", "<p>");
    expect((await build(made)).stderr).toMatch(
      /^build-layer: src\/main\.ts:1: No loader is configured for "\.html" files: src\/a\.html\. Say what its import gives: "loader": \{ "\.html": "text" \} in lambdaExtension/,
    );
  });
});

test("keepNames keeps the names of classes and functions", async () => {
  const source = `class Base { constructor() { console.log(new.target.name, this.constructor.name); } }
    class Special extends Base {}
    function work() {}
    export const use = [Base, Special, work];
    new Special(); console.log(work.name);`;
  expect((await buildAndRun(project({ keepNames: true }, source))).ran.stdout).toBe("Special Special\nwork\n");
  expect((await buildAndRun(project({}, source))).ran.stdout).not.toContain("Special");
});

describe("what a build can see and a bundle cannot hold", () => {
  test("a package may require what is not installed, inside try, also by a path with a variable part", async () => {
    const made = project({}, 'console.log(require("pack"));');
    made.put("node_modules/pack/package.json", { name: "pack", version: "1.0.0" });
    made.put(
      "node_modules/pack/index.js",
      `let got = []; for (const kind of ["Release"]) {
        try { require("./buïld/" + kind + "/addon"); } catch (error) { got.push(error.code); }
        try { require("not-installed"); } catch (error) { got.push(error.code); }
        try { require("./unbuilt"); } catch (error) { got.push(error.code); } }
      module.exports = got.join();`,
    );
    made.put("node_modules/pack/unbuilt.js", 'module.exports = require("./build/Release/addon.node");');
    const { built, ran } = await buildAndRun(made);
    expect(ran.stdout).toBe("MODULE_NOT_FOUND,MODULE_NOT_FOUND,MODULE_NOT_FOUND\n");
    expect(built.stderr).toBe(
      'build-layer: warning: node_modules/pack/index.js:2: expected the name of a module, got one that is known only at run time (and 1 more): if the program uses it, add "pack" to lambdaExtension.external\n',
    );
  });

  test.each<[string, string, string]>([
    [
      "a module whose name is a variable",
      "console.log(1);\nexport const load = (name: string) => console.log(require(name));",
      "src/main.ts:2: expected the name of a module, got one that is known only at run time: write the name in quotes, or add its package to lambdaExtension.external",
    ],
    [
      "an import() whose name is a variable",
      "export const load = (name: string) => import(name); console.log(1);",
      "src/main.ts:1: expected the name of a module, got one that is known only at run time: write the name in quotes, or add its package to lambdaExtension.external",
    ],
    [
      "a file beside the source",
      'import { join } from "node:path";\nconsole.log(join(__dirname, "pages", "a.html"));',
      'src/main.ts:2: expected pages/a.html beside the bundle, got nothing there: add "src/pages" to lambdaExtension.assets',
    ],
    [
      "a file above the source",
      'console.log(import.meta.dirname + "/../top.json");',
      'src/main.ts:1: expected ../top.json beside the bundle, got nothing there: add "top.json" to lambdaExtension.assets, and open join(__dirname, "top.json")',
    ],
    [
      "a file by its URL",
      'console.log(new URL("./pages/a.html", import.meta.url));',
      'src/main.ts:1: expected pages/a.html beside the bundle, got nothing there: add "src/pages" to lambdaExtension.assets',
    ],
    [
      "a file in a template",
      "console.log(`${__dirname}/pages/a.html`);",
      'src/main.ts:1: expected pages/a.html beside the bundle, got nothing there: add "src/pages" to lambdaExtension.assets',
    ],
    [
      "a name of a class",
      "export class A {\n  name = this.constructor.name;\n}\nconsole.log(new A());",
      'src/main.ts:2: expected constructor.name to be the name in the source, got the short one of a minified bundle: set "keepNames": true in lambdaExtension',
    ],
  ])("warns of %s", async (_what, source, warning) => {
    const made = project({}, source);
    made.put("src/pages/a.html", "<p>");
    made.put("top.json", "{}");
    expect(await build(made)).toMatchObject({ code: 0, stderr: `build-layer: warning: ${warning}\n` });
  });

  test.each<[string, object, string]>([
    [
      "a file that is an asset",
      { assets: ["src/pages"] },
      'console.log(require("path").join(__dirname, "pages/a.html"));',
    ],
    ["a file that the program makes itself", {}, 'console.log(require("path").join(__dirname, "made.json"));'],
    ["a name of a class that is kept", { keepNames: true }, "console.log(new (class A { a = new.target.name })());"],
    ["a module that is no file", {}, 'import { a } from "data:text/javascript,export const a = 1"; console.log(a);'],
    ["a package without package.json", {}, 'console.log(require("bare"));'],
    ["code that is left out", {}, 'import { a } from "./part.ts"; console.log(a);'],
  ])("does not warn of %s", async (_what, settings, source) => {
    const made = project(settings, source);
    made.put("src/pages/a.html", "<p>");
    made.put("node_modules/bare/index.js", "module.exports = 1;");
    made.put("src/part.ts", "export const a = 1; export const b = (name: string) => require(name);");
    expect(await build(made)).toMatchObject({ code: 0, stderr: "" });
  });

  test("warns once of a package with native code", async () => {
    const made = project({}, 'console.log(require("pack"));');
    made.put("node_modules/pack/package.json", { name: "pack", version: "1.0.0" });
    made.put("node_modules/pack/binding.gyp", "{}");
    made.put("node_modules/pack/index.js", "exports.load = (name) => [require(name), require(name)];");
    expect((await build(made)).stderr).toBe(
      'build-layer: warning: pack: expected no native code, which a bundle cannot hold, got a package with some (and 2 more): if the program uses it, add "pack" to lambdaExtension.external\n',
    );
  });

  test("says what to do with a native module", async () => {
    const made = project({}, 'require("pack");');
    made.put("node_modules/pack/package.json", { name: "pack", version: "1.0.0", main: "a.node" });
    made.put("node_modules/pack/a.node", "\0");
    expect((await build(made)).stderr).toMatch(
      /A native module cannot go into the bundle: add "pack" to lambdaExtension\.external\n$/,
    );
  });
});

describe("top-level await", () => {
  test("the type check of a new project refuses it, and takes import.meta and JSON", async () => {
    const made = project({}, "import data from './data.json';\nconsole.log(import.meta.url, data);\n");
    made.put("src/data.json", {});
    const template = fileURLToPath(new URL("../template/tsconfig.json", import.meta.url));
    made.put("tsconfig.json", readFileSync(template, "utf8"));
    symlinkSync(fileURLToPath(new URL("../node_modules", import.meta.url)), join(made.folder, "node_modules"));
    const tsc = fileURLToPath(new URL("bin/tsc", import.meta.resolve("typescript/package.json")));
    expect(await runNode([tsc], made.folder)).toMatchObject({ code: 0, stdout: "" });
    made.put("src/main.ts", "await Promise.resolve();\nexport {};\n");
    expect((await runNode([tsc], made.folder)).stdout).toContain("src/main.ts(1,1): error TS1378: Top-level 'await'");
  });

  test("of a package works if that is external and comes with import()", async () => {
    const made = project({}, 'void import("pack").then(({ answer }) => console.log(answer));');
    made.put("node_modules/pack/package.json", { name: "pack", version: "1.0.0", type: "module", main: "index.js" });
    made.put("node_modules/pack/index.js", "export const answer = await Promise.resolve(42);");
    expect((await build(made)).stderr).toMatch(
      /^build-layer: node_modules\/pack\/index\.js:1: Top-level await .*add "pack" to lambdaExtension\.external, and load it with import\(\)\n$/,
    );
    made.put("package.json", { lambdaExtension: { name: "hello", entry: "src/main.ts", external: ["pack"] } });
    expect((await buildAndRun(made)).ran).toMatchObject({ code: 0, stdout: "42\n" });
  });
});

test("--watch builds again when an asset changes, and when one is added", async () => {
  const made = project({ assets: ["src/pages"] }, "console.log(1);");
  made.put("src/pages/a.html", "first");
  const child = spawn(process.execPath, [bin, "--watch", "--no-start"], { cwd: made.folder, stdio: "ignore" });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const page = (name: string): string => {
    const path = join(made.folder, "dist/layer/hello/pages", name);
    return existsSync(path) ? readFileSync(path, "utf8") : "";
  };
  try {
    await expect.poll(() => page("a.html"), { timeout: 60_000 }).toBe("first");
    made.put("src/pages/a.html", "second");
    await expect.poll(() => page("a.html"), { timeout: 60_000 }).toBe("second");
    made.put("src/pages/b.html", "new");
    await expect.poll(() => page("b.html"), { timeout: 60_000 }).toBe("new");
  } finally {
    child.kill("SIGINT");
  }
  await ended;
});
