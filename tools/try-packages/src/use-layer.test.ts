import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { useLayer } from "./use-layer.ts";

/** A layer with an extension by hand, which runs `atInit` after it registered, and `atEnd` at SHUTDOWN. */
function makeLayer({ atInit, atEnd = "" }: { readonly atInit: string; readonly atEnd?: string }): string {
  const layer = mkdtempSync(join(tmpdir(), "try-packages-test-"));
  onTestFinished(() => rmSync(layer, { recursive: true }));
  mkdirSync(join(layer, "extensions"));
  const program = `#!/var/lang/bin/node
const api = "http://" + process.env.AWS_LAMBDA_RUNTIME_API + "/2020-01-01/extension/";
const headers = { "Lambda-Extension-Name": "trial" };
fetch(api + "register", { method: "POST", headers, body: '{"events":["SHUTDOWN"]}' }).then(async (answer) => {
  ${atInit}
  const identifier = answer.headers.get("Lambda-Extension-Identifier");
  await fetch(api + "event/next", { headers: { "Lambda-Extension-Identifier": identifier } });
  ${atEnd}
});
`;
  writeFileSync(join(layer, "extensions/trial"), program, { mode: 0o755 });
  return layer;
}

const node = { major: "24", path: process.execPath } as const;

test.runIf(process.platform === "linux").each([
  ["nothing, if the package was used", { atInit: 'console.log("used");' }, undefined],
  ["the line of the failure", { atInit: 'console.log("a line\\nError: no such file\\nmore");' }, "Error: no such file"],
  ["the last line, if none looks like one", { atInit: 'console.log("one\\ntwo");' }, "two"],
  ["the signal that ended it", { atInit: 'process.kill(process.pid, "SIGSEGV");' }, "it ended with SIGSEGV"],
  ["an exit status", { atInit: 'console.log("used");', atEnd: "process.exit(3);" }, "it ended with exit status 3"],
  ["the function's failure", { atInit: 'console.log("used"); process.exit(0);' }, expect.stringContaining("Extension")],
])("returns %s", async (_, extension, problem) => {
  expect(await useLayer(makeLayer(extension), node, new AbortController().signal)).toEqual(problem);
});
