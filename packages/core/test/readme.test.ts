import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const folder = fileURLToPath(new URL("..", import.meta.url));
const source = readFileSync(`${folder}/src/extension-options.ts`, "utf8");

/** The members of an exported interface, in order. */
function membersOf(name: string): readonly string[] {
  const body = new RegExp(`^export interface ${name} \\{\\n([^]*?)^\\}`, "m").exec(source)?.[1] ?? "";
  return [...body.matchAll(/^ {2}(?:readonly )?(\w+)\??[:(]/gm)].map(([, member = ""]) => member);
}

test("the README lists every option of runExtension, in order, and no other", () => {
  const section =
    /^## Options of `runExtension`\n([^]*?)^## /m.exec(readFileSync(`${folder}/README.md`, "utf8"))?.[1] ?? "";
  const listed = [...section.matchAll(/^\| `([\w.]+)` \|/gm)].map(([, name]) => name);
  const options = membersOf("ExtensionOptions").flatMap((name) =>
    name === "telemetry" ? membersOf("TelemetryOptions").map((member) => `telemetry.${member}`) : [name],
  );
  expect(options.length).toBeGreaterThan(10);
  expect(listed).toEqual(options);
});
