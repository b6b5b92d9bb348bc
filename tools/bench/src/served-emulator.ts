import { cpSync, mkdtempSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { startProcess } from "@lambda-extension/e2e/background-process";
import { names } from "./contestants.ts";
import { find } from "./rounds.ts";
import type { Bench } from "./section.ts";

/** The function that both emulators run: it writes a line and answers its event. */
export const codePath = join(import.meta.dirname, "../fixtures/function");

/** The layer that both emulators run. */
export function emulatedLayer(bench: Bench): string {
  const [command] = find(bench.contestants().all, names.launcher).command;
  return join(command, "../..");
}

/** `lambda-emulator start-lambda` as a process of its own, with one function. */
export interface ServedEmulator {
  readonly pid: number;
  /** Resolves with the body of the function's answer. Errors: rejects if the function did not answer. */
  invoke(event: unknown): Promise<string>;
  /** Ends it; resolves when it has ended. */
  close(): Promise<void>;
}

const bin = join(
  dirname(fileURLToPath(import.meta.resolve("@lambda-extension/emulator/package.json"))),
  "bin/lambda-emulator.js",
);

/**
 * Starts it in a new folder. It has one environment, as AWS's emulator has, which the first invocation starts: without
 * this limit, an invocation while the extension still works would start a second one. Errors: rejects if it does not
 * start, for example because it is not built.
 */
export async function serveEmulator(bench: Bench, ...flags: readonly "--freeze"[]): Promise<ServedEmulator> {
  const project = mkdtempSync(join(bench.folder, "project-"));
  cpSync(emulatedLayer(bench), join(project, "layer"), { recursive: true });
  cpSync(codePath, join(project, "function"), { recursive: true });
  const file = join(project, "template.json");
  writeFileSync(file, JSON.stringify(template));
  const args = [bin, "start-lambda", "--port", "0", "--max-environments", "1", "-t", file, ...flags];
  // Reading its log lines would take time of the process that measures.
  const emulator = await startProcess({ file: process.execPath, args }, { stderr: "ignore" });
  const url = await emulator.waitForLine(/^http:/);
  return {
    pid: emulator.pid,
    async invoke(event) {
      const answer = await fetch(`${url}/2015-03-31/functions/Bench/invocations`, {
        method: "POST",
        body: JSON.stringify(event),
      });
      const body = await answer.text();
      if (answer.status !== 200 || answer.headers.has("x-amz-function-error")) {
        throw new Error(`An invocation was answered ${answer.status} ${body}`);
      }
      return body;
    },
    close: () => emulator.close(),
  };
}

const template = {
  AWSTemplateFormatVersion: "2010-09-09",
  Transform: "AWS::Serverless-2016-10-31",
  Resources: {
    Bench: {
      Type: "AWS::Serverless::Function",
      Properties: {
        Runtime: "nodejs24.x",
        Handler: "index.handler",
        CodeUri: "function",
        Timeout: 30,
        Layers: [{ Ref: "Layer" }],
      },
    },
    Layer: { Type: "AWS::Serverless::LayerVersion", Properties: { ContentUri: "layer" } },
  },
};
