import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { runInGroup } from "./run-in-group.ts";

const place = { file: "bash", cwd: tmpdir(), env: process.env };

test("returns what a program wrote, and whether it succeeded", async () => {
  const signal = new AbortController().signal;
  const command = { ...place, args: ["-c", "echo out; echo err >&2; exit 3"], timeoutMs: 60_000, signal };
  expect(await runInGroup(command)).toEqual({ isSuccess: false, stdout: "out\n", stderr: "err\n" });
});

/** A program with two children. The first holds the output open, the second takes no SIGTERM. */
const family = [
  "-c",
  "sleep 1000 & bash -c 'trap \"\" TERM; echo $$; exec >&- 2>&-; while :; do sleep 0.1; done' & wait",
];

/** True if the process runs. A process that ended and that its parent has not waited for does not. */
function isRunning(pid: string): boolean {
  try {
    return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

test.runIf(process.platform === "linux")("ends the program and what it started when the time is over", async () => {
  const signal = new AbortController().signal;
  const result = await runInGroup({ ...place, args: family, timeoutMs: 2000, signal });
  expect(result).toMatchObject({ isSuccess: false, stderr: expect.stringContaining("it took more than 2 s") });
  expect(result.stdout).toMatch(/^\d+\n$/);
  expect(isRunning(result.stdout.trim())).toBe(false);
});

test("ends them when the signal is aborted, and rejects", async () => {
  const stop = new AbortController();
  const running = runInGroup({ ...place, args: family, timeoutMs: 60_000, signal: stop.signal });
  stop.abort();
  await expect(running).rejects.toThrow(/aborted/);
});

test("rejects if there is no such program", async () => {
  const signal = new AbortController().signal;
  await expect(runInGroup({ ...place, file: "no-such-program", args: [], timeoutMs: 60_000, signal })).rejects.toThrow(
    "ENOENT",
  );
});
