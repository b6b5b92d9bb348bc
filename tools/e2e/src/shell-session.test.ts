import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { findFreePort } from "./ports.ts";
import { runSession } from "./shell-session.ts";

const place = { cwd: tmpdir(), env: process.env };

test("keeps the folder and the variables from command to command", async () => {
  const commands = ["cd /", "export NAME='a b'", 'echo "$PWD $NAME"'].map(
    (command) => ({ kind: "run", command }) as const,
  );
  expect(await runSession(commands, place)).toContain("\n/ a b\n");
});

test("stops at the command that fails, and names it", async () => {
  const commands = ["echo one", "false", "echo three"].map((command) => ({ kind: "run", command }) as const);
  const error = await runSession(commands, place).catch((error: unknown) => error);
  expect(String(error)).toContain("FAILED: false");
  expect(String(error)).not.toContain("\nthree");
});

test("waits for a server, and ends it with the session", async () => {
  const port = await findFreePort();
  const server = `python3 -m http.server --bind 127.0.0.1 ${port}`;
  const ask = `(exec 3<>/dev/tcp/127.0.0.1/${port}) && echo answered`;
  const output = await runSession(
    [
      { kind: "server", command: server, port },
      { kind: "run", command: ask },
    ],
    place,
  );
  expect(output).toContain("\nanswered");
  await expect(runSession([{ kind: "run", command: ask }], place)).rejects.toThrow("FAILED");
});
