import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { ConformanceReport } from "../src/conformance/check-conformance.ts";
import { createFakeHost } from "./fake-host.ts";
import { runOn } from "./fake-project.ts";

const zoo = join(import.meta.dirname, "zoo");
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** A folder with an animal's layer in `layer/`. */
function writeProject(animal: string): string {
  const folder = mkdtempSync(join(tmpdir(), "conformance-"));
  folders.push(folder);
  cpSync(join(zoo, animal), join(folder, "layer/extensions"), { recursive: true });
  cpSync(join(zoo, "kit"), join(folder, "layer/zoo"), { recursive: true });
  return folder;
}

function run(words: readonly string[], animal = "good/bash") {
  return runOn(["conformance", ...words], createFakeHost(writeProject(animal)));
}

describe("lambda-emulator conformance", () => {
  test("prints a row for each check and ends with 0 if no check fails", async () => {
    const host = await run(["layer", "--only", "starts,shutdown", "--only", "execute-bit"]);
    expect([host.status, host.written.stderr]).toEqual([0, ""]);
    expect(host.written.stdout.split("\n").map((row) => row.slice(0, 32).trim())).toEqual([
      "pass  execute-bit",
      "pass  starts",
      "pass  shutdown",
      "",
      "3 passed, 0 failed, 0 not applic",
      "",
    ]);
  });

  test("prints what happened and what to do, and ends with 1, if a check fails", async () => {
    const host = await run(["layer", "--only", "full-tmp"], "wrong/full-tmp");
    expect(host.status).toBe(1);
    expect(host.written.stdout).toContain("FAIL  full-tmp");
    expect(host.written.stdout).toContain("seen: needs-a-file ended (exit status 1) before it registered");
    expect(host.written.stdout).toContain("what to do: Do without files in /tmp");
    expect(host.written.stdout).toContain("No space left on device");
  });

  test("--json prints the report and nothing else", async () => {
    const host = await run(["layer", "--json", "--only", "stray-files"], "wrong/stray-files");
    expect([host.status, host.written.stderr]).toEqual([1, ""]);
    const report = JSON.parse(host.written.stdout) as ConformanceReport;
    expect(report).toMatchObject({
      extensions: ["README.md", "polite"],
      functionRuntime: "nodejs22.x",
      passed: 0,
      failed: 1,
      notApplicable: 0,
    });
    expect(report.results[0]).toMatchObject({
      id: "stray-files",
      outcome: "fail",
      detail: "extensions/README.md is no program",
    });
  });

  test("shows the lines of an extension that keeps every rule and does nothing", async () => {
    const folder = writeProject("good/bash");
    const inert = (count: number): string =>
      `#!/bin/bash\n. "\${0%/*}/../zoo/polite.sh"\nregister\nfor n in {1..${count}}; do echo "PORT: expected a number, got $n"; done\n` +
      "while next; do [[ $event == SHUTDOWN ]] && exit 0; done\n";
    const file = join(folder, "layer/extensions/inert");
    writeFileSync(file, inert(1), { mode: 0o755 });
    const text = await runOn(["conformance", "layer", "--only", "starts"], createFakeHost(folder));
    expect(text.written.stdout).toContain(
      "\nSaid by the extensions, undisturbed:\n    [inert] PORT: expected a number, got 1\n\n1 passed, 0 failed",
    );
    const json = await runOn(["conformance", "layer", "--only", "starts", "--json"], createFakeHost(folder));
    expect((JSON.parse(json.written.stdout) as ConformanceReport).lines).toEqual([
      "[inert] PORT: expected a number, got 1",
    ]);
    writeFileSync(file, inert(23));
    const long = await runOn(["conformance", "layer", "--only", "starts"], createFakeHost(folder));
    expect(long.written.stdout).toContain("got 20\n    … and 3 more, with --json\n\n1 passed");
    // Nothing was executed for it.
    expect(
      (await runOn(["conformance", "layer", "--only", "shebang"], createFakeHost(folder))).written.stdout,
    ).not.toContain("Said by");
  });

  test("takes a zip, and gives the extension the variables of --env", async () => {
    const folder = mkdtempSync(join(tmpdir(), "conformance-"));
    folders.push(folder);
    execFileSync("python3", ["-c", zipProgram, join(folder, "layer.zip")]);
    const host = await runOn(
      ["conformance", "layer.zip", "--only", "starts", "--env", "GREETING=hello world", "OTHER="],
      createFakeHost(folder),
    );
    expect(host.status).toBe(1);
    expect(host.written.stdout).toContain("seen: greeter ended (exit status 3) before it registered");
    expect(host.written.stdout).toContain("[greeter] hello world");
  });

  test("shows its progress on a terminal", async () => {
    const fake = createFakeHost(writeProject("good/bash"));
    const host = await runOn(["conformance", "layer", "--only", "shebang"], {
      ...fake,
      stderr: { ...fake.stderr, isTerminal: true },
    });
    expect(host.written.stderr).toBe("\r\u001b[K1/1 Scripts name an interpreter that Lambda has…\r\u001b[K");
  });

  test("ends with 130 if the user ends it while a check runs", async () => {
    const fake = createFakeHost(writeProject("wrong/starts"));
    // The first check that executes the extension; this one never asks for its first event.
    const interruptAtStart = (text: string): void => {
      if (text.includes("Registers under the name")) setImmediate(() => fake.interrupt());
    };
    const host = await runOn(["conformance", "layer"], {
      ...fake,
      stderr: { ...fake.stderr, isTerminal: true, write: interruptAtStart },
    });
    expect(host.status).toBe(130);
    expect(host.written.stdout).not.toContain("not applicable");
  });

  test.each([
    [[], "which layer? Give the folder or zip"],
    [["layer", "other"], "unexpected argument other"],
    [["nowhere"], "nowhere does not exist"],
    [["layer", "--only", "freezes"], 'did you mean "freeze"?'],
    [["layer", "--env", "1=2"], "--env: expected NAME=VALUE, got 1=2"],
    [
      ["layer", "--function-runtime", "java21"],
      "function runtime: expected nodejs*.x, python3.* or provided.*, got java21",
    ],
    [["layer", "--architecture", "amd64"], "expected x86_64 or arm64, got amd64"],
  ])("bad input ends with 2: %j", async (words, message) => {
    const host = await run(words);
    expect([host.status, host.written.stdout]).toEqual([2, ""]);
    expect(host.written.stderr).toContain(message);
  });
});

/** Writes a zip with one file, which has the given mode. */
const zipProgram = `
import sys, zipfile
entry = zipfile.ZipInfo("extensions/greeter")
entry.external_attr = 0o100755 << 16
with zipfile.ZipFile(sys.argv[1], "w") as archive: archive.writestr(entry, '#!/bin/bash\\necho "$GREETING"\\nexit 3\\n')
`;
