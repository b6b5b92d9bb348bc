import { startEnvironment } from "@lambda-extension/emulator";
import { layerFolder, taskFolder } from "./example-project.ts";
import type { Example } from "./examples.ts";
import { startOfficialEmulator } from "./official-emulator.ts";
import { linesApart } from "./tutorial-lines.ts";

/** One invocation of an example that `sam build` built, from the start of its environment to SHUTDOWN. */
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

/** The result of a run. */
export interface RunResult {
  /** The function's answer. */
  readonly answer: string;
  /** What the extensions, the function and the emulator wrote, in order. */
  readonly lines: readonly string[];
}

/** Runs it on AWS's emulator. */
export async function runOnOfficial(run: SingleRun): Promise<RunResult> {
  const { runtime, handler, layers } = run.example;
  const emulator = await startOfficialEmulator({
    ...foldersOf(run),
    runtime,
    handler,
    environment: run.environment ?? {},
  });
  try {
    const answer = await emulator.invoke(run.event);
    await emulator.shutdown();
    const extensions = layers.map(({ extension }) => extension);
    return { answer: answer.body, lines: linesApart(extensions, emulator.lines) };
  } finally {
    await emulator.close();
  }
}

/** Runs it on this repository's emulator. */
export async function runOnOurs(run: SingleRun): Promise<RunResult> {
  const { runtime, handler } = run.example;
  const { layers, codePath } = foldersOf(run);
  const running = await startEnvironment({
    layers,
    function: {
      runtime: runtime === "nodejs" ? "nodejs24.x" : "python3.12",
      handler,
      codePath,
      environment: run.environment ?? {},
      timeoutSeconds: 30,
    },
  });
  try {
    const answer = await running.invoke(run.event);
    await running.idle();
    await running.shutdown();
    return { answer: answer.payload, lines: running.lines.map(({ text }) => text) };
  } finally {
    await running.close();
  }
}

function foldersOf({ example, project, folders }: SingleRun): RunFolders {
  return (
    folders ?? {
      layers: example.layers.map((layer) => layerFolder(project, layer)),
      codePath: taskFolder(project, example),
    }
  );
}
