import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { startOnce } from "./start-once.ts";

const call = (method: string, path: string, then = "") =>
  `require("node:http").request("http://" + process.env.AWS_LAMBDA_RUNTIME_API + "${path}", { method: "${method}", headers: { "Lambda-Extension-Function-Error-Type": "Extension.Odd" } }, () => { ${then} }).end();`;
const next = call("GET", "/2020-01-01/extension/event/next");

const start = (source: string, deadlineMs = 20_000) =>
  startOnce({ command: process.execPath, args: ["-e", source], env: {}, deadlineMs });

test.each([
  ["asks for its first event", next, { kind: "next" }],
  ["registers before it asks", call("POST", "/2020-01-01/extension/register", next), { kind: "next" }],
  [
    "reports that it cannot start, and exits",
    call("POST", "/2020-01-01/extension/init/error", "process.exit(1)"),
    { kind: "error", errorType: "Extension.Odd" },
  ],
  ["exits", "process.exit(3)", { kind: "exit", status: 3 }],
  ["has nothing to do", "", { kind: "exit", status: 0 }],
  ["throws", "throw new Error('x')", { kind: "exit", status: 1 }],
  ["rejects", "Promise.reject(new Error('x'))", { kind: "exit", status: 1 }],
  [
    "is ended by a signal",
    "process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1)",
    { kind: "exit", status: "SIGTERM" },
  ],
])("a program that %s", async (_what, source, end) => {
  expect(await start(source)).toMatchObject({ end });
});

test.each([
  ["never asks", "setInterval(() => {}, 1)"],
  ["hangs", "for (;;);"],
  [
    "ignores signals",
    "for (const s of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(s, () => {}); setInterval(() => {}, 1)",
  ],
  ["listens and never asks", "require('node:net').createServer().listen(0, '127.0.0.1')"],
])("a program that %s is ended at its deadline", async (_what, source) => {
  expect(await start(source, 300)).toMatchObject({ end: { kind: "late" } });
});

test("keeps the end of what a program prints", async () => {
  const { said } = await start(
    "for (let i = 0; i < 20000; i++) console.log('line', i, 'x'.repeat(50)); console.error('last');",
  );
  expect(said.length).toBeLessThan(70_000);
  expect(said).toContain("line 19999");
});

test("tells whether the program subscribed before it asked, and what it wrote into the pipe", async () => {
  const source = `require("node:fs").writeSync(3, "told\\n"); ${call("PUT", "/2022-07-01/telemetry", next)}`;
  expect(await start(source)).toMatchObject({ end: { kind: "next" }, hasSubscribed: true, told: "told\n" });
  expect(await start(next)).toMatchObject({ hasSubscribed: false, told: "" });
});

test.runIf(process.platform === "linux")(
  "ends the processes that the program started, and does not wait for them",
  async () => {
    const mark = randomUUID();
    const child = `require("node:child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1)", "${mark}"], { stdio: "inherit" });`;
    for (const source of [`${child} ${next}`, `${child} setTimeout(() => process.exit(2), 50);`]) {
      expect(await start(source)).toMatchObject({ end: { kind: expect.stringMatching(/next|exit/) } });
      await expect.poll(() => processesWith(mark)).toEqual([]);
    }
  },
);

test("rejects if the program cannot be executed", async () => {
  await expect(startOnce({ command: "/nowhere", args: [], env: {}, deadlineMs: 1000 })).rejects.toThrow("ENOENT");
});

function processesWith(mark: string): readonly string[] {
  return readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(mark);
    } catch {
      return false;
    }
  });
}
