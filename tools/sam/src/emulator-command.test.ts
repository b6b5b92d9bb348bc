import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, test } from "vitest";
import { quote } from "zx";
import { makeTestFolder } from "../test/fake-program.ts";
import { toEmulatorCommand } from "./emulator-command.ts";

const root = join(import.meta.dirname, "../../..");
const emulator = "packages/emulator/bin/lambda-emulator.js";

test.each([
  ["local invoke", `node ${emulator} invoke -t template.yaml`],
  ["local invoke Hello -t a.yaml -e e.json", `node ${emulator} invoke Hello -t a.yaml --event e.json`],
  ["local invoke --template=a.yaml --event=- Hello", `node ${emulator} invoke Hello -t a.yaml --event -`],
  ["--debug local invoke --skip-pull-image --region eu-west-1 Hello", `node ${emulator} invoke Hello -t template.yaml`],
  ["local invoke --template-file a.yaml --template b.yaml", `node ${emulator} invoke -t b.yaml`],
  [
    "local invoke Hello --parameter-overrides A=1 B=2 -n env.json",
    `node ${emulator} invoke Hello -t template.yaml --env-vars env.json --parameter-overrides A=1 B=2`,
  ],
  ["local start-lambda", `node ${emulator} start-lambda -t template.yaml`],
  [
    "local start-lambda --warm-containers LAZY --no-watch -p 3002 --host 0.0.0.0",
    `node ${emulator} start-lambda -t template.yaml --port 3002 --host 0.0.0.0`,
  ],
])("sam %s → %s", (args, command) => {
  expect(toEmulatorCommand(args.split(" "), root)).toBe(command);
});

test.each(["local start-api", "build", "invoke local", "deploy --guided"])("has no command for sam %s", (args) => {
  expect(toEmulatorCommand(args.split(" "), root)).toBeUndefined();
});

test("names the template that sam build wrote, and quotes for the shell", () => {
  const folder = makeTestFolder();
  mkdirSync(join(folder, ".aws-sam/build"), { recursive: true });
  writeFileSync(join(folder, ".aws-sam/build/template.yaml"), "");
  const command = toEmulatorCommand(["local", "invoke", "-e", "my event.json"], folder);
  expect(command).toBe(
    `node ${quote(relative(folder, join(root, emulator)))} invoke -t .aws-sam/build/template.yaml --event $'my event.json'`,
  );
});
