import { mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createChangedFiles } from "./changed-files.ts";

let folder: string;
let file: string;
let files: ReturnType<typeof createChangedFiles>;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "emulator changed "));
  file = join(folder, "a.mjs");
  files = createChangedFiles(() => 42);
});
afterEach(() => rm(folder, { recursive: true }));

const pick = async (...paths: readonly string[]) => (await files.pick(paths)).map(({ path }) => path);

describe("createChangedFiles", () => {
  test("picks a file once for each change of its bytes, not when it is only touched", async () => {
    await writeFile(file, "1");
    expect(await pick(file)).toEqual([file]);
    await utimes(file, 1, 1);
    expect(await pick(file)).toEqual([]);
    await writeFile(file, "2");
    expect(await pick(file)).toEqual([file]);
  });

  test("picks a file that was removed, dated now", async () => {
    files.found(file);
    expect(await files.pick([file])).toEqual([{ path: file, changedEpochMs: 42 }]);
    expect(await pick(file)).toEqual([]);
  });

  test("picks a removed folder for the files it had", async () => {
    const gone = join(folder, "gone");
    files.found(join(gone, "b.mjs"));
    expect(await pick(gone)).toEqual([gone]);
  });

  test("leaves out a temporary file that came and went", async () => {
    expect(await pick(join(folder, "4913"))).toEqual([]);
  });
});
