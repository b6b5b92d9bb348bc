import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";

const root = join(import.meta.dirname, "../../..");
const folder = mkdtempSync(join(tmpdir(), "made project "));
const project = join(folder, "new-extension");

beforeAll(() => {
  run(process.execPath, [join(root, "tools/build-layer/bin/build-layer.js"), "init", project], root);
  // These are the packages that npm would install. The end-to-end tests install them from a registry.
  link(join(root, "packages/core"), "@lambda-extension/core");
  link(join(root, "packages/emulator"), "@lambda-extension/emulator");
  link(join(root, "tools/build-layer"), "@lambda-extension/build-layer");
  link(join(import.meta.dirname, "../node_modules/typescript"), "typescript");
  link(join(import.meta.dirname, "../node_modules/@types/node"), "@types/node");
  link(join(root, "tools/build-layer/bin/build-layer.js"), ".bin/build-layer");
  link(join(root, "packages/emulator/bin/lambda-emulator.js"), ".bin/lambda-emulator");
  link(join(import.meta.dirname, "../node_modules/typescript/bin/tsc"), ".bin/tsc");
});
afterAll(() => rmSync(folder, { recursive: true }));

test("a project of init passes its own test, which runs its layer on the emulator", () => {
  expect(run("npm", ["test"], project)).toMatch(/^(#|ℹ) pass 1\n/m);
});

test("a project of init has no type error", () => {
  expect(run("npm", ["run", "--silent", "typecheck"], project)).toBe("");
});

test("npm start and npm test stop at a type error, with the compiler's message", () => {
  const main = join(project, "src/main.ts");
  const source = readFileSync(main, "utf8");
  onTestFinished(() => writeFileSync(main, source));
  writeFileSync(main, source.replace("event.requestId", "event.requestid"));
  for (const script of ["start", "test"]) {
    const { status, stdout } = spawnSync("npm", [script], { cwd: project, encoding: "utf8" });
    expect({ status, stdout }).toEqual({ status: 1, stdout: expect.stringMatching(/main\.ts.*TS2551.*'requestId'/) });
    expect(stdout).not.toContain("bundle");
  }
});

test("npm start shows the lines of the extension and the answer of the function", () => {
  const output = run("sh", ["-c", "npm start 2>&1"], project);
  expect(output).toContain("[new-extension] invocation 1: ");
  expect(output).toContain('{"greeting":"hello, Lambda"}');
});

test("every tool that uses the built layer says that its source has changed since", () => {
  const main = join(project, "src/main.ts");
  const source = readFileSync(main, "utf8");
  run("npm", ["run", "build"], project);
  const tools = [
    ["lambda-emulator", "invoke", "--event", "events/event.json"],
    ["lambda-emulator", "conformance", "dist/layer", "--only", "stray-files"],
    ["build-layer", "--check", "dist/layer"],
    ["build-layer", "snippet", "sam"],
  ];
  const say = () =>
    tools.map(([tool = "", ...args]) => {
      const { status, stderr } = spawnSync(join("node_modules/.bin", tool), args, { cwd: project, encoding: "utf8" });
      expect(status, stderr).toBe(0);
      return /warning: (.*)/.exec(stderr)?.[1];
    });
  expect(say()).toEqual(tools.map(() => undefined));
  onTestFinished(() => writeFileSync(main, source));
  writeFileSync(main, `${source}// A change.\n`);
  expect(say()).toEqual(tools.map(() => "src/main.ts has changed since dist/layer was built: run npm run build"));
});

function link(target: string, name: string): void {
  const path = join(project, "node_modules", name);
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
}

function run(file: string, args: readonly string[], cwd: string): string {
  return execFileSync(file, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}
