import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { startEnvironment } from "@lambda-extension/emulator";
import type { Environment, EnvironmentOptions } from "@lambda-extension/emulator";
import type { ShippedLine } from "../src/transform/shipped-line.ts";

const layer = fileURLToPath(new URL("../dist/layer", import.meta.url));
const codePath = fileURLToPath(new URL("function", import.meta.url));

/** An environment with the built layer and a function that writes what its events say. */
export interface Scenario extends Environment {
  /** Invokes and waits until the environment would freeze; the function's answer. */
  invokeAndRest(event: object): Promise<{ readonly requestId: string; readonly answer: string }>;
  /** The logger's own messages, without its prefix. */
  messages(): readonly string[];
}

/** Runs the layer that `pnpm build` made. `settings` are the function's environment variables. */
export async function startScenario(
  settings: Readonly<Record<string, string>>,
  options: Partial<EnvironmentOptions> & { readonly timeoutSeconds?: number } = {},
): Promise<Scenario> {
  if (!existsSync(layer)) throw new Error(`There is no ${layer}: run "pnpm build" first`);
  const { timeoutSeconds = 20, ...rest } = options;
  const environment = await startEnvironment({
    ...rest,
    function: {
      name: "scenario",
      runtime: "nodejs22.x",
      handler: "index.handler",
      codePath,
      environment: settings,
      timeoutSeconds,
    },
    layers: [layer],
  });
  return {
    ...environment,
    async invokeAndRest(event) {
      const { requestId, payload } = await environment.invoke(event);
      await environment.idle();
      return { requestId, answer: payload };
    },
    messages: () =>
      environment.lines.flatMap(({ name, text }) =>
        name === "logger" && text.startsWith("[logger] ") ? [text.slice(9)] : [],
      ),
  };
}

/** The lines that arrived, parsed. */
export function parseLines(lines: readonly string[]): readonly ShippedLine[] {
  return lines.map((line) => JSON.parse(line) as ShippedLine);
}
