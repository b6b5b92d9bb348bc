import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** The function that both emulators run: it writes a line and answers what it was given. */
export const codePath = join(import.meta.dirname, "../fixtures/function");

/** `lambda-emulator start-lambda` as a process of its own, with one function. */
export interface ServedEmulator {
  readonly pid: number;
  /** Resolves with the body of the function's answer. Errors: rejects where it is none. */
  invoke(event: unknown): Promise<string>;
  /** Ctrl-C; resolves when it has ended. */
  close(): Promise<void>;
}

const bin = join(
  dirname(fileURLToPath(import.meta.resolve("@lambda-extension/emulator/package.json"))),
  "bin/lambda-emulator.js",
);

/**
 * Starts it in a new folder under `folder`; its environment starts with the first invocation. It is the only one, as
 * AWS's emulator has: a call that comes while the extension still works would start a second one.
 */
export async function serveEmulator(
  { folder, layer }: { readonly folder: string; readonly layer: string },
  ...flags: readonly "--freeze"[]
): Promise<ServedEmulator> {
  const project = mkdtempSync(join(folder, "project-"));
  cpSync(layer, join(project, "layer"), { recursive: true });
  cpSync(codePath, join(project, "function"), { recursive: true });
  writeFileSync(join(project, "template.json"), JSON.stringify(template));
  const child = spawn(
    process.execPath,
    [bin, "start-lambda", "--port", "0", "--max-environments", "1", "-t", join(project, "template.json"), ...flags],
    {
      stdio: ["ignore", "pipe", "ignore"],
    },
  );
  const ended = once(child, "exit");
  const { pid } = child;
  if (pid === undefined) throw new Error(`${bin} cannot be started`);
  const failed = ended.then((): never => {
    throw new Error(`lambda-emulator start-lambda ended; is it built? ${bin}`);
  });
  const [url] = (await Promise.race([once(createInterface({ input: child.stdout }), "line"), failed])) as [string];
  failed.catch(() => undefined);
  return {
    pid,
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
    async close() {
      child.kill("SIGINT");
      await ended;
    },
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
