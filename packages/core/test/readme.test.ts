import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { startEnvironment } from "@lambda-extension/emulator";
import { expect, test } from "vitest";
import * as kit from "../src/settings/index.ts";
import { buildExtension, manifest } from "./build-extension.ts";

const folder = fileURLToPath(new URL("..", import.meta.url));
const source = readFileSync(`${folder}/src/extension-options.ts`, "utf8");
const readme = readFileSync(`${folder}/README.md`, "utf8");

/** The members of an exported interface, in order. */
function membersOf(name: string): readonly string[] {
  const body = new RegExp(`^export interface ${name} \\{\\n([^]*?)^\\}`, "m").exec(source)?.[1] ?? "";
  return [...body.matchAll(/^ {2}(?:readonly )?(\w+)\??[:(]/gm)].map(([, member = ""]) => member);
}

test("the README lists every option of runExtension, in order, and no other", () => {
  const section = /^## Options of `runExtension`\n([^]*?)^## /m.exec(readme)?.[1] ?? "";
  const listed = [...section.matchAll(/^\| `([\w.]+)` \|/gm)].map(([, name]) => name);
  const options = membersOf("ExtensionOptions").flatMap((name) =>
    name === "telemetry" ? membersOf("TelemetryOptions").map((member) => `telemetry.${member}`) : [name],
  );
  expect(options.length).toBeGreaterThan(10);
  expect(listed).toEqual(options);
});

test("the README names every function and kind of the settings kit", () => {
  const section = /^## Settings of your own extension\n([^]*?)^## /m.exec(readme)?.[1] ?? "";
  expect(Object.keys(kit).filter((name) => !section.includes(name))).toEqual([]);
});

test("the README's example of settings builds, runs, and reports wrong settings with the words of the README", async () => {
  const [program = ""] = [...readme.matchAll(/```ts\n([^]*?)```/g)].flatMap(([, text = ""]) =>
    text.includes("readSettings") ? [text] : [],
  );
  const said = /the function runs:\n\n```\n([^]*?)```/.exec(readme)?.[1]?.trim().split("\n") ?? [];
  expect(said).toHaveLength(2);
  const built = await buildExtension({ "package.json": manifest({ name: "watch" }), "src/main.ts": program });
  try {
    expect(await runWith(built.layer, { SLOW_WATCH_LIMIT_MS: "1s" })).toEqual(
      expect.arrayContaining(said.map((problem) => `[watch] ${problem}`)),
    );
    expect(await runWith(built.layer, { SLOW_WATCH_LOUD: "true" })).toContain("the limit is 1000 ms");
  } finally {
    built.remove();
  }
});

/** Runs an extension with a function that works. Returns the extension's lines. */
async function runWith(layer: string, variables: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const environment = await startEnvironment({
    function: {
      name: "watched",
      runtime: "nodejs22.x",
      handler: "index.handler",
      codePath: `${folder}/test/function`,
      environment: variables,
      timeoutSeconds: 10,
    },
    layers: [layer],
  });
  try {
    expect((await environment.invoke({})).payload).not.toContain("errorMessage");
  } finally {
    await environment.close();
  }
  return environment.lines.flatMap(({ source, text }) => (source === "extension" ? [text] : []));
}
