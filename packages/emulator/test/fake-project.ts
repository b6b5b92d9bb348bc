import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runCli } from "../src/cli/run-cli.ts";
import { createFakeEnvironments } from "./fake-host.ts";
import type { FakeEnvironments, FakeHost } from "./fake-host.ts";

/** A template with one function and one layer that its Makefile builds. */
export const templateText = `
Transform: AWS::Serverless-2016-10-31
Resources:
  HelloFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: function/
      Handler: app.lambda_handler
      Runtime: python3.12
      Environment: { Variables: { LEVEL: info } }
      Layers: [!Ref HelloLayer]
  HelloLayer:
    Type: AWS::Serverless::LayerVersion
    Metadata: { BuildMethod: makefile }
    Properties: { ContentUri: layer/ }
`;

export const makefileText =
  'build-HelloLayer:\n\tmkdir "$(ARTIFACTS_DIR)/extensions" && touch "$(ARTIFACTS_DIR)/extensions/hello"\n';

/** A SAM project in a folder of its own, whose path has a space. */
export interface FakeProject {
  readonly folder: string;
  write(files: Readonly<Record<string, string>>): Promise<void>;
  close(): Promise<void>;
}

/** Writes templateText, makefileText and a function. */
export async function createFakeProject(): Promise<FakeProject> {
  const folder = await mkdtemp(join(tmpdir(), "emulator cli "));
  const write = async (files: Readonly<Record<string, string>>): Promise<void> => {
    for (const [name, content] of Object.entries(files)) {
      const path = join(folder, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
    }
  };
  await write({ "template.yaml": templateText, "function/app.py": "", "layer/Makefile": makefileText });
  return { folder, write, close: () => rm(folder, { recursive: true }) };
}

/** Runs a command line. Returns what it wrote and its exit status. */
export async function runOn(words: readonly string[], host: FakeHost): Promise<FakeHost & { readonly status: number }> {
  return { ...host, status: await runCli(words, host) };
}

/** Environments whose function answers every invocation with the payload. */
export function answering(payload: string): FakeEnvironments {
  return createFakeEnvironments(() => Promise.resolve({ kind: "response", payload }));
}
