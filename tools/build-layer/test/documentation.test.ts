import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  architectures,
  engines,
  lifecycleEvents,
  loaders,
  registrars,
  runtimes,
} from "../src/config/extension-settings.ts";
import { budgetNames, parseSettings, settingNames } from "../src/config/parse-settings.ts";
import { engineReleases } from "../src/engine/engine-release.ts";
import { optionNames } from "../src/options.ts";
import { readme, settingRows as rows } from "./readme-rows.ts";

const page = readFileSync(new URL("../../../docs/layers.md", import.meta.url), "utf8");
const quoted = (cell: string | undefined): readonly string[] =>
  [...(cell ?? "").matchAll(/`([^`]+)`/g)].map(([, value = ""]) => value);

test("the README lists every setting, in order", () => {
  expect([...rows.keys()]).toEqual([...settingNames]);
});

test("the README lists the values and defaults that the parser knows", () => {
  expect(quoted(rows.get("events")?.values)).toEqual([...lifecycleEvents]);
  expect(quoted(rows.get("register")?.values)).toEqual([...registrars]);
  expect(quoted(rows.get("engine")?.values)).toEqual([...engines]);
  expect(quoted(rows.get("runtime")?.values)).toEqual([...runtimes]);
  expect(quoted(rows.get("architectures")?.values)).toEqual([...architectures]);
  expect(quoted(rows.get("loader")?.values)).toEqual([...loaders]);
  expect(quoted(rows.get("budgets")?.values)).toEqual([...budgetNames]);
  const parsed = parseSettings({ name: "x", entry: "x.ts" });
  expect(parsed).toMatchObject({
    settings: {
      events: quoted(rows.get("events")?.fallback),
      register: quoted(rows.get("register")?.fallback)[0],
      engine: quoted(rows.get("engine")?.fallback)[0],
      runtime: quoted(rows.get("runtime")?.fallback)[0],
      architectures: [...architectures],
      ...Object.fromEntries(
        ["sourceMap", "assets", "external", "loader", "keepNames"].map((name) => [
          name,
          JSON.parse(quoted(rows.get(name)?.fallback)[0] ?? ""),
        ]),
      ),
    },
  });
});

test("the README names every option of the command line", () => {
  const options = optionNames.filter((name) => name !== "help" && name !== "version").map((name) => `--${name}`);
  expect(options.filter((option) => !readme.includes(option))).toEqual([]);
});

test("docs/layers.md answers sixteen complaints, and the tests that it names exist", () => {
  const section = page.slice(page.indexOf("## What others complain about"));
  const answers = [...section.matchAll(/^\| .* \| (.*) \|$/gm)]
    .map(([, tests = ""]) => tests)
    .filter((tests) => tests.includes("](../") || tests === "documented alone");
  expect(answers).toHaveLength(16);
  const cited = answers
    .flatMap((tests) => [...tests.matchAll(/\[([^\]]+)\]\(\.\.\/([^)]+\.test\.ts)\)/g)])
    .map(([, name = "", path = ""]) => ({ name, path }));
  expect(cited.length).toBeGreaterThan(16);
  const missing = cited.filter(
    ({ name, path }) => !readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8").includes(name),
  );
  expect(missing).toEqual([]);
});

test("docs/layers.md names every variable that the launcher keeps from the extension", () => {
  const launcher = readFileSync(new URL("../src/layer/launcher.bash", import.meta.url), "utf8");
  const [, engines = ""] = /for pattern in ([^;]*); do/.exec(launcher) ?? [];
  const shell = [...launcher.matchAll(/^(?:unset -v|export -n "\$\{!BASH@\}") ([A-Z][A-Z0-9_ \\\n]*)$/gm)];
  const names = [engines, ...shell.map(([, list = ""]) => list)].flatMap((list) => list.match(/[\w*]+/g) ?? []);
  expect(names.length).toBeGreaterThan(40);
  const documented = quoted(page.slice(page.indexOf("### The function's variables"), page.indexOf("## From SAM")));
  expect(names.filter((name) => !documented.includes(name) && !name.startsWith("BASH"))).toEqual([]);
});

test("docs/layers.md names the releases that are carried", () => {
  for (const { version } of Object.values(engineReleases.node)) expect(page).toContain(`Node.js ${version}`);
  for (const { version } of Object.values(engineReleases.bun)) expect(page).toContain(`Bun ${version}`);
});
