import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import type { Problem } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";

const root = join(import.meta.dirname, "../../..");
/** The files of each tarball besides package.json, README.md, LICENSE and its compiled sources. */
const others: Readonly<Record<string, RegExp>> = {
  "packages/core": /^CHANGELOG\.md$/,
  "packages/logger": /^(CHANGELOG\.md|dist\/logger\.zip)$/,
  "packages/cache-warmer": /^(CHANGELOG\.md|dist\/cache-warmer\.zip)$/,
  "packages/emulator": /^(CHANGELOG\.md|bin\/lambda-emulator\.js|runtimes\/.*)$/,
  "tools/build-layer":
    /^(CHANGELOG\.md|bin\/build-layer\.js|package\.schema\.json|dist\/layer\/launcher\.bash|template\/.*)$/,
};

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly publishConfig?: unknown;
}

describe.each(Object.keys(others))("%s, packed", (path) => {
  const folder = mkdtempSync(join(tmpdir(), "packed "));
  let tarball: string;
  let files: readonly string[];
  let manifest: Manifest;
  const read = (file: string): string => readFileSync(join(folder, "package", file), "utf8");
  beforeAll(() => {
    tarball = pack(path, folder);
    run("tar", ["-xf", tarball, "-C", folder], root);
    files = run("tar", ["-tf", tarball], root)
      .trim()
      .split("\n")
      .map((line) => line.replace(/^package\//, ""))
      .sort();
    manifest = JSON.parse(read("package.json")) as Manifest;
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("holds its compiled sources with their types, its documents, and the files listed here", () => {
    const expected = sourcesOf(path).flatMap((source) =>
      [".js", ".d.ts"].map((end) => `dist/${source.replace(/\.ts$/, end)}`),
    );
    const beside = files.filter((file) => !expected.includes(file) && !(others[path]?.test(file) ?? false));
    expect(beside).toEqual(["LICENSE", "README.md", "package.json"]);
    expect(expected.filter((file) => !files.includes(file))).toEqual([]);
    expect(read("LICENSE")).toBe(readFileSync(join(root, "LICENSE"), "utf8"));
  });

  test("names no source map, no source and no range of the workspace", () => {
    for (const file of files.filter((file) => file.startsWith("dist/") && /\.(js|d\.ts)$/.test(file))) {
      const text = read(file);
      expect(text, file).not.toContain("sourceMappingURL");
      for (const [, target = ""] of text.matchAll(/(?:from|import\() ?"(\.[^"]+)"/g))
      // Declarations name sources; TypeScript looks for the declarations beside them.
      {
        expect(files, `${file} → ${target}`).toContain(
          posix.join(posix.dirname(file), target.replace(/\.ts$/, ".d.ts")),
        );
      }
    }
    for (const range of Object.values({ ...manifest.dependencies, ...manifest.devDependencies })) {
      expect(range).not.toMatch(/^(workspace|catalog|link|file):/);
    }
  });

  test("exports only files that it holds", () => {
    const targets = Object.values(manifest.exports).flatMap((target) =>
      typeof target === "string" ? [target] : Object.values(target),
    );
    for (const target of [...targets, ...Object.values(manifest.bin ?? {})]) {
      expect(files).toContain(posix.normalize(target));
    }
    expect(JSON.stringify(manifest.exports)).not.toContain("src/");
  });

  test("satisfies publint", async () => {
    const data = readFileSync(tarball);
    const bytes = data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength);
    const { messages, pkg } = await publint({ pack: { tarball: bytes }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
  });

  test("has types that match its JavaScript for every program that can import it", async () => {
    const result = await checkPackage(createPackageFromTarballData(readFileSync(tarball)));
    if (result.types === false) throw new Error(`${path} has no types`);
    // It is for Node and ESM; a CommonJS file loads it with `import()`, or with `require()` from Node 20.19 on.
    expect(
      result.problems.filter((problem) => problem.kind !== "CJSResolvesToESM" && !isForOldResolution(problem)),
    ).toEqual([]);
  });
});

// A package finds itself by its own name. The other packages need dependencies too, which are not installed here.
test("core, packed, can be imported under the name of each of its entries", () => {
  const folder = mkdtempSync(join(tmpdir(), "packed "));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  run("tar", ["-xf", pack("packages/core", folder), "-C", folder], root);
  const exportsOf = (entry: string): string => {
    const program = `console.log(Object.keys(await import(${JSON.stringify(entry)})).join(" "))`;
    return run("node", ["--input-type=module", "--eval", program], join(folder, "package"));
  };
  expect(exportsOf("@lambda-extension/core")).toContain("runExtension");
  expect(exportsOf("@lambda-extension/core/settings")).toContain("readSettings");
});

/** Packs a package as a release does, with the pnpm that runs this test. Returns the tarball's path. */
function pack(path: string, folder: string): string {
  const version = /^pnpm\/(\S+)/.exec(process.env["npm_config_user_agent"] ?? "")?.[1] ?? "12";
  const options = ["--yes", `pnpm@${version}`, "pack", "--json", "--pack-destination", folder];
  return (JSON.parse(run("npx", options, join(root, path))) as { filename: string }).filename;
}

/** True for a problem that only `moduleResolution: node10` has: it does not know `exports`, and Node.js 20 does. */
function isForOldResolution(problem: Problem): boolean {
  return "resolutionKind" in problem && problem.resolutionKind === "node10";
}

function run(file: string, args: readonly string[], cwd: string): string {
  return execFileSync(file, args, {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 64 * 1024 * 1024,
  });
}

/** The sources that are compiled, relative to `src`. */
function sourcesOf(path: string): readonly string[] {
  const listed = run("git", ["ls-files", "--cached", "--others", "--exclude-standard", "src/*.ts"], join(root, path))
    .trim()
    .split("\n");
  return listed
    .filter((file) => !file.endsWith(".test.ts") && existsSync(join(root, path, file)))
    .map((file) => file.slice("src/".length));
}
