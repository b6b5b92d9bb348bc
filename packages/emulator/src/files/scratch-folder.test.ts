import { execFileSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { makeScratchFolder } from "./scratch-folder.ts";

test("is removed with its files when it is closed, and no listener stays", async () => {
  const listeners = process.listenerCount("exit");
  const folder = await makeScratchFolder("lambda-test-");
  expect(basename(folder.path)).toMatch(/^lambda-test-/);
  writeFileSync(join(folder.path, "file"), "");
  await folder.close();
  expect(existsSync(folder.path)).toBe(false);
  expect(process.listenerCount("exit")).toBe(listeners);
});

test("is removed when the process exits before that, as at a second Ctrl-C", () => {
  const program = `
    import { writeFileSync } from "node:fs";
    import { makeScratchFolder } from ${JSON.stringify(fileURLToPath(new URL("scratch-folder.ts", import.meta.url)))};
    const { path } = await makeScratchFolder("lambda-test-");
    writeFileSync(path + "/file", "");
    process.stdout.write(path);
    process.exit();
  `;
  const path = execFileSync(process.execPath, ["--no-warnings", "--input-type=module", "-e", program], {
    encoding: "utf8",
  });
  expect(path).toContain("lambda-test-");
  expect(existsSync(path)).toBe(false);
});
