import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { makeProject } from "../../test/project-folder.ts";
import type { ProjectFolder } from "../../test/project-folder.ts";
import { readProject } from "./project.ts";

const opened: ProjectFolder[] = [];
afterEach(() => {
  for (const project of opened.splice(0)) project.remove();
});

function project(lambdaExtension: unknown): ProjectFolder {
  const made = makeProject(lambdaExtension);
  opened.push(made);
  return made;
}

test("reads settings and finds the file that is the entry", () => {
  const { folder } = project({ name: "x", entry: "src/main.ts" });
  expect(readProject(folder)).toMatchObject({
    folder,
    settings: { name: "x" },
    entry: { kind: "file", path: join(folder, "src/main.ts") },
  });
});

test("takes a package as entry, with its events and registrar, wherever above it is installed", () => {
  const { folder, put } = project({ name: "x", entry: "@scope/logger" });
  put("../node_modules/@scope/logger/package.json", { lambdaExtension: { events: ["SHUTDOWN"], register: "self" } });
  expect(readProject(folder)).toMatchObject({
    settings: { events: ["SHUTDOWN"], register: "self" },
    entry: { kind: "package", specifier: "@scope/logger/extension" },
  });
});

test("takes a subpath of a package as it is written", () => {
  const { folder, put } = project({ name: "x", entry: "extensions-of-ours/second" });
  put("node_modules/extensions-of-ours/package.json", {});
  expect(readProject(folder).entry).toMatchObject({ specifier: "extensions-of-ours/second" });
});

test.each([
  ["src/mian.ts", /^lambdaExtension\.entry: expected a file.*"src\/mian\.ts".*there is no .*my extension.src.mian\.ts/],
  ["./lib", /^lambdaExtension\.entry: expected a file, got "\.\/lib"/],
  ["@lambda-extension/loger", /\(npm install @lambda-extension\/loger\)(?:\. Not on npm yet: https:\S+)?$/],
  ["loger", /\(npm install loger\)$/],
  ["src", /^lambdaExtension\.entry: expected a file, got "src", which is a folder$/],
  ["package.json", /^lambdaExtension\.entry: expected a file of TypeScript or JavaScript, got "package\.json"$/],
  ["lib", /expected a file or an installed package, got "lib"/],
])("says what is missing for the entry %s", (entry, message) => {
  const { folder } = project({ name: "x", entry });
  expect(() => readProject(folder)).toThrow(message);
});

test("lists problems of the settings and of the entry together", () => {
  const { folder } = project({ name: "a b", entry: "nothing.ts", engine: "own" });
  expect(() => readProject(folder)).toThrow(
    /name: expected[^\n]*\n[^\n]*engine: expected[^\n]*\n[^\n]*entry: expected/,
  );
});

test.each([
  ["{", /package\.json: expected JSON, got /],
  ["[]", /package\.json: expected a JSON object, got \[\]/],
  ["{}", /^lambdaExtension: expected an object in package\.json/],
])("says what is wrong with the package.json %j", (text, message) => {
  const { folder, put } = project({});
  put("package.json", text);
  expect(() => readProject(folder)).toThrow(message);
});

test("does not call a package.json missing that is a folder", () => {
  const { folder, put } = project({});
  put("other/package.json/file", "");
  expect(() => readProject(join(folder, "other"))).toThrow(
    /other.package\.json: expected the package\.json of an extension, got a folder/,
  );
});

test("reads a package.json that an editor began with a byte order mark", () => {
  const { folder, put } = project({});
  put("package.json", '\uFEFF{ "lambdaExtension": { "name": "x", "entry": "src/main.ts" } }');
  expect(readProject(folder).settings.name).toBe("x");
});

test.each([
  ["{", /logger.package\.json: expected JSON, got /],
  ["null", /logger.package\.json: expected a JSON object, got null/],
])("says what is wrong with the package.json %j of a package that is the entry", (text, message) => {
  const { folder, put } = project({ name: "x", entry: "logger" });
  put("node_modules/logger/package.json", text);
  expect(() => readProject(folder)).toThrow(message);
});

test("says where to run it when there is no package.json", () => {
  const { folder } = project({});
  expect(() => readProject(join(folder, "src"))).toThrow(
    /src.package\.json: expected the package\.json of an extension/,
  );
});
