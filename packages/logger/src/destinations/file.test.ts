import { execFile } from "node:child_process";
import { once } from "node:events";
import { constants, mkdtemp, mkdir, open, readFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { createServer } from "node:net";
import type { Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { describeDestination, send } from "../../test/destination-contract.ts";
import { createLine } from "../../test/fakes.ts";
import { createBatch } from "../buffer/bounded-buffer.ts";
import { createFileDestination } from "./file.ts";
import type { FileConfig } from "./file.ts";

const create = (config: FileConfig) => createFileDestination(config);

let folder: string;
let reader: FileHandle | undefined;
let socket: Server | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "logger-file-"));
});
afterEach(async () => {
  await reader?.close();
  socket?.close();
  reader = undefined;
  socket = undefined;
  await rm(folder, { recursive: true, force: true });
});

const read = (path: string): Promise<string> => readFile(path, "utf8").catch(() => "");

describeDestination("file", async () => {
  const home = join(folder, "home");
  const path = join(home, "lines.ndjson");
  await mkdir(home);
  return {
    destination: create({ path, maxBytes: 64_000_000 }),
    arrived: async () => (await read(path)).split("\n").filter((line) => line !== ""),
    breakDown: () => rename(home, join(folder, "away")),
    repair: () => rename(join(folder, "away"), home),
    close: () => Promise.resolve(),
  };
});

test("appends to an existing file", async () => {
  const path = join(folder, "lines.ndjson");
  await writeFile(path, "before\n");
  await send(create({ path, maxBytes: 1000 }), createBatch([createLine("a", "after\n")]));
  expect(await read(path)).toBe("before\nafter\n");
});

test("makes a file that only its owner can read", async () => {
  const path = join(folder, "lines.ndjson");
  await send(create({ path, maxBytes: 1000 }), createBatch([createLine("a")]));
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test("moves a full file away, and keeps one", async () => {
  const path = join(folder, "lines.ndjson");
  const destination = create({ path, maxBytes: 10 });
  for (const text of ["first.\n", "second\n", "third.\n"]) {
    expect(await send(destination, createBatch([createLine("a", text)]))).toEqual({ kind: "sent" });
  }
  expect(await read(path)).toBe("third.\n");
  expect(await read(`${path}.1`)).toBe("second\n");
});

test("writes a batch longer than the limit all the same", async () => {
  const path = join(folder, "lines.ndjson");
  await send(create({ path, maxBytes: 10 }), createBatch([createLine("a", `${"x".repeat(50)}\n`)]));
  expect(await read(path)).toHaveLength(51);
});

test("names the cause by its system code, without the path", async () => {
  const path = join(folder, "missing", "lines.ndjson");
  expect(await send(create({ path, maxBytes: 1000 }), createBatch([createLine("a")]))).toEqual({
    kind: "retry",
    cause: "ENOENT",
  });
});

test("takes back a batch that could not be written whole", async () => {
  // Another process, whose files may not grow beyond 1 KiB: as on a full disk, part of the second batch is written.
  const program = `
    const { createFileDestination } = await import(${JSON.stringify(new URL("file.ts", import.meta.url).href)});
    const destination = createFileDestination({ path: process.argv[1], maxBytes: 64_000_000 });
    const text = "x".repeat(599) + "\\n";
    for (const _ of "ab") console.log(JSON.stringify(await destination.send({ lines: [{ text }], bytes: 600 })));`;
  const path = join(folder, "lines.ndjson");
  const command = 'ulimit -f 1; exec "$0" --input-type=module --eval "$1" "$2"';
  const { stdout } = await promisify(execFile)("bash", ["-c", command, process.execPath, program, path]);
  expect(stdout.trimEnd().split("\n")).toEqual(['{"kind":"sent"}', '{"kind":"retry","cause":"EFBIG"}']);
  expect(await read(path)).toBe(`${"x".repeat(599)}\n`);
});

test.each([
  ["a pipe without a reader", async (path: string) => void (await promisify(execFile)("mkfifo", [path]))],
  [
    "a pipe with a reader",
    async (path: string) => {
      await promisify(execFile)("mkfifo", [path]);
      reader = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    },
  ],
  [
    "a socket",
    async (path: string) => {
      socket = createServer().listen(path);
      await once(socket, "listening");
    },
  ],
  ["a folder", (path: string) => mkdir(path)],
  ["a device", (path: string) => symlink("/dev/null", path)],
])("refuses %s at once", async (_what, make) => {
  const path = join(folder, "lines.ndjson");
  await make(path);
  expect(await send(create({ path, maxBytes: 1000 }), createBatch([createLine("a")]))).toEqual({
    kind: "drop",
    cause: "not a regular file",
  });
});
