import { startEnvironment } from "@lambda-extension/emulator";
import { layerFolder, taskFolder } from "./example-project.ts";
import type { Example } from "./examples.ts";
import { startOfficialEmulator } from "./official-emulator.ts";
import { linesApart } from "./tutorial-lines.ts";

/** One invocation of an example that `sam build` built, from the start of its environment to its SHUTDOWN. */
export interface SingleRun {
  readonly example: Example;
  /** The folder of the built project. */
  readonly project: string;
  /** Default: what `sam build` made in the project. */
  readonly folders?: RunFolders;
  readonly event: unknown;
  readonly environment?: Readonly<Record<string, string>>;
}

/** What becomes /opt, merged in order, and what becomes /var/task. */
export interface RunFolders {
  readonly layers: readonly string[];
  readonly codePath: string;
}

/** What came of it. */
export interface RunResult {
  /** The function's answer. */
  readonly answer: string;
  /** What the extensions, the function and the emulator wrote, in order. */
  readonly lines: readonly string[];
}

/** Runs it on AWS's emulator. */
export async function runOnOfficial({
  example,
  project,
  folders = foldersOf(example, project),
  event,
  environment = {},
}: SingleRun): Promise<RunResult> {
  const emulator = await startOfficialEmulator({
    ...folders,
    runtime: example.runtime,
    handler: example.handler,
    environment,
  });
  try {
    const answer = await emulator.invoke(event);
    await emulator.shutdown();
    return {
      answer: answer.body,
      lines: linesApart(
        example.layers.map(({ extension }) => extension),
        emulator.lines,
      ),
    };
  } finally {
    await emulator.close();
  }
}

/** Runs it on this repository's emulator. */
export async function runOnOurs({
  example,
  project,
  folders = foldersOf(example, project),
  event,
  environment = {},
}: SingleRun): Promise<RunResult> {
  const running = await startEnvironment({
    layers: folders.layers,
    function: {
      runtime: example.runtime === "nodejs" ? "nodejs24.x" : "python3.12",
      handler: example.handler,
      codePath: folders.codePath,
      environment,
      timeoutSeconds: 30,
    },
  });
  try {
    const answer = await running.invoke(event);
    await running.idle();
    await running.shutdown();
    return { answer: answer.payload, lines: running.lines.map(({ text }) => text) };
  } finally {
    await running.close();
  }
}

function foldersOf(example: Example, project: string): RunFolders {
  return { layers: example.layers.map((layer) => layerFolder(project, layer)), codePath: taskFolder(project, example) };
}
