import { globSync } from "node:fs";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { startEnvironment } from "@lambda-extension/emulator";
import { projectEnvironment } from "@lambda-extension/sam";
import { describe, expect, inject, test } from "vitest";
import { findMissingNodeClient, nodeClient } from "../src/node-client.ts";
import { makeTempFolder } from "../src/temp-folder.ts";
import { acceptedDifferences, linesOfAwsOnly, nodeHandlers, pythonHandlers } from "./client-handlers.ts";
import type { ClientHandler } from "./client-handlers.ts";
import { isMissing, lacksPythonTools } from "./needs.ts";

const lacksNodeClient = isMissing(await findMissingNodeClient(inject("run").environment));

interface ClientLanguage {
  readonly kind: "python" | "nodejs";
  readonly runtime: string;
  readonly file: string;
  readonly handler: string;
  /** Copies AWS's client into the function's folder. */
  readonly bring: (codePath: string) => Promise<void>;
  readonly command: readonly string[];
}

const python: ClientLanguage = {
  kind: "python",
  runtime: "python3.12",
  file: "app.py",
  handler: "app.handler",
  async bring(codePath) {
    const [packages] = globSync("lib/python3*/site-packages", { cwd: projectEnvironment.folder });
    if (packages === undefined) throw new Error(`BUG: no packages in ${projectEnvironment.folder}`);
    const from = join(projectEnvironment.folder, packages);
    const parts = ["awslambdaric", "runtime_client*.so", "simplejson", "snapshot_restore_py.py"];
    for (const part of globSync(parts, { cwd: from })) {
      await cp(join(from, part), join(codePath, part), { recursive: true });
    }
  },
  command: ["/var/lang/bin/python3", "-m", "awslambdaric"],
};

const nodejs: ClientLanguage = {
  kind: "nodejs",
  runtime: "nodejs24.x",
  file: "index.js",
  handler: "index.handler",
  bring: (codePath) => cp(nodeClient, join(codePath, "node_modules/aws-lambda-ric"), { recursive: true }),
  command: ["/var/lang/bin/node", "/var/task/node_modules/aws-lambda-ric/index.mjs"],
};

interface ClientRun {
  readonly answer: unknown;
  readonly lines: readonly string[];
}

async function runOnClient(language: ClientLanguage, handler: ClientHandler, isOfficial: boolean): Promise<ClientRun> {
  const folder = await makeTempFolder("client");
  const file = join(folder.path, handler.file ?? language.file);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${handler.code}\n`);
  const name = handler.handler ?? language.handler;
  if (isOfficial) await language.bring(folder.path);
  const environment = await startEnvironment({
    layers: [],
    function: {
      runtime: language.runtime,
      handler: name,
      codePath: folder.path,
      timeoutSeconds: 30,
      ...(isOfficial ? { bootstrap: [...language.command, name] } : {}),
    },
  });
  try {
    const { kind, payload } = await environment.invoke(handler.event ?? { mark: 1 });
    await environment.idle();
    await environment.shutdown();
    const lines = environment.lines.filter(({ source }) => source === "function").map(({ text }) => normalise(text));
    const kept = withoutCrashReport(lines.filter((line) => !isOfAwsOnly(line)));
    return {
      answer: [kind, normalise(payload)],
      lines: isOfficial && handler.mayRunTwiceOnAws === true ? [...new Set(kept)] : kept,
    };
  } finally {
    await environment.close();
    await folder.close();
  }
}

/**
 * Removes what differs from run to run, and the stack frames of the clients. Both clients end the lines of one record
 * with CR; our emulator turns each CR of its own client into a newline.
 */
function normalise(text: string): string {
  return text
    .replaceAll("\r", "\n")
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "<id>")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>")
    .replaceAll(/,?"\s+at (?:(?!\/var\/task\/(?!node_modules))[^"])*"/g, "")
    .replaceAll(/\n\s+at (?!.*\/var\/task\/(?!node_modules)).*/g, "")
    .replaceAll(/at StreamingInvokeProcessor\.handler \(([^)]*)\)/g, "at $1")
    .replaceAll(/- \/var\/task\/(noop\.js|node_modules\/aws-lambda-ric\/index\.mjs)/g, "- <client>");
}

function isOfAwsOnly(line: string): boolean {
  return linesOfAwsOnly.some(({ pattern }) => pattern.test(line));
}

/** Removes Node's report of an uncaught error. After a failed init AWS's client ends with this report, ours without. */
function withoutCrashReport(lines: readonly string[]): readonly string[] {
  const kept: string[] = [];
  let isInside = false;
  for (const line of lines) {
    isInside ||= line.startsWith("node:internal/process/promises");
    if (!isInside) kept.push(line);
    if (line.startsWith("Node.js v")) isInside = false;
  }
  return kept.filter((line) => !/^\s+at |^Node\.js v/.test(line));
}

async function expectSame(language: ClientLanguage, handler: ClientHandler): Promise<void> {
  const [official, ours] = await Promise.all([
    runOnClient(language, handler, true),
    runOnClient(language, handler, false),
  ]);
  const accepted = acceptedDifferences[language.kind]
    .filter((difference) => difference.handler === handler.name)
    .map(({ part }) => part);
  expect(ours).toEqual({ ...official, ...Object.fromEntries(accepted.map((part) => [part, ours[part]])) });
  const differing = (["answer", "lines"] as const).filter((part) => !isDeepStrictEqual(ours[part], official[part]));
  expect(differing, "not a difference any more: remove it from the list").toEqual(accepted);
}

describe.skipIf(lacksPythonTools)(
  "AWS's client for Python runs unchanged, and ours does the same: a function that",
  () => {
    test.each(pythonHandlers)("$name", (handler) => expectSame(python, handler));
  },
);

describe.skipIf(lacksNodeClient)(
  "AWS's client for Node.js runs unchanged, and ours does the same: a function that",
  () => {
    test.each(nodeHandlers)("$name", (handler) => expectSame(nodejs, handler));
  },
);

test("each accepted difference names a function", () => {
  const names = { python: pythonHandlers.map(({ name }) => name), nodejs: nodeHandlers.map(({ name }) => name) };
  for (const kind of ["python", "nodejs"] as const) {
    expect(acceptedDifferences[kind].filter(({ handler }) => !names[kind].includes(handler))).toEqual([]);
  }
});
