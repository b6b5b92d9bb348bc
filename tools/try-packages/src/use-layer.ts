import { join } from "node:path";
import { startEnvironment } from "@lambda-extension/emulator";
import type { Environment } from "@lambda-extension/emulator";
import { extensionName, usedLine } from "./project.ts";
import type { NodeMajor } from "./row.ts";

/** A Node.js of Lambda on this machine. */
export interface LambdaNode {
  readonly major: NodeMajor;
  readonly path: string;
}

/**
 * Runs the layer in an environment of the emulator with this Node.js: init, an invocation, SHUTDOWN. Returns what went
 * wrong; undefined if the package was used, the function answered, and the extension ended with exit status 0.
 */
export async function useLayer(
  layer: string,
  { major, path }: LambdaNode,
  signal: AbortSignal,
): Promise<string | undefined> {
  const environment = await startEnvironment({
    layers: [layer],
    nodePath: path,
    signal,
    function: {
      runtime: `nodejs${major}.x`,
      handler: "index.handler",
      codePath: join(import.meta.dirname, "../function"),
      timeoutSeconds: 20,
    },
  });
  try {
    const { kind, payload } = await environment.invoke({});
    await environment.shutdown();
    const exit = exitOf(environment);
    if (!extensionLines(environment).includes(usedLine)) return describeTrouble(environment) ?? `it ended with ${exit}`;
    if (kind === "function-error") return `the function failed: ${payload}`;
    return exit === "exit status 0" ? undefined : `it ended with ${exit}`;
  } finally {
    await environment.close();
  }
}

function extensionLines({ lines }: Environment): readonly string[] {
  return lines.filter(({ source }) => source === "extension").map(({ text }) => text);
}

/** How the extension's process ended first, in words. */
function exitOf({ timeline }: Environment): string {
  const exit = timeline.find(({ lane, kind }) => lane === extensionName && kind === "exit")?.fact;
  if (exit?.kind !== "exit") return "no exit status";
  const { status } = exit;
  return status.kind === "code"
    ? `exit status ${status.code}`
    : status.kind === "signal"
      ? status.signal
      : status.reason;
}

/** The first line of the extension that looks like a failure, else its last one. */
function describeTrouble(environment: Environment): string | undefined {
  const lines = extensionLines(environment).filter((line) => line.trim() !== "");
  return (lines.find((line) => /error|cannot|failed/i.test(line)) ?? lines.at(-1))?.slice(0, 400);
}
