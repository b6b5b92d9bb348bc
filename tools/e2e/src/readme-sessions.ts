import { readFileSync } from "node:fs";
import { join } from "node:path";
import { imageExample } from "./examples.ts";
import { notRun } from "./readme-not-run.ts";
import { findShellBlocks } from "./shell-blocks.ts";
import type { ShellBlock } from "./shell-blocks.ts";
import type { SessionCommand } from "./shell-session.ts";

/** Commands that run until they are stopped: "in one terminal". */
const server = /^(?:moto_server --port|python3 receiver\.py) (\d+)$/;

/** The blocks of commands in the README of a folder. */
export function readmeBlocks(folder: string): readonly ShellBlock[] {
  return findShellBlocks(readFileSync(join(folder, "README.md"), "utf8"));
}

/**
 * What is run of a README: one session for each of its sections, without the commands of `notRun`. `readme` is the
 * folder of the README in the repository, `folder` the copy whose README is read.
 */
export function readmeSessions(readme: string, folder: string): readonly SessionCommand[][] {
  const skipped = notRun.filter((entry) => entry.readme === readme);
  const isRun = (command: string, block: ShellBlock): boolean =>
    !skipped.some(
      (entry) => entry.command === command || (entry.extent === "block" && block.commands.includes(entry.command)),
    );
  const blocks = readmeBlocks(folder);
  return toSessions(
    blocks.map((block) => ({ ...block, commands: block.commands.filter((command) => isRun(command, block)) })),
  );
}

/** One session for each section of a page. */
export function toSessions(blocks: readonly ShellBlock[]): readonly SessionCommand[][] {
  const toStep = (command: string): SessionCommand => {
    const [, port] = server.exec(command) ?? [];
    return port === undefined ? { kind: "run", command } : { kind: "server", command, port: Number(port) };
  };
  return [...new Set(blocks.map(({ section }) => section))].map((section) =>
    blocks.filter((block) => block.section === section).flatMap(({ commands }) => commands.map(toStep)),
  );
}

/** The sessions of an example's README, in two parts, each with a shell of its own: up to `sam build`, and the rest. */
export function exampleSessions(name: string, folder: string): Record<"build" | "run", readonly SessionCommand[][]> {
  const [first = [], ...others] = readmeSessions(`examples/${name}`, folder);
  const index = first.findIndex(({ command }) => command === "sam build");
  // Only Docker builds the example that is an image: its README's `sam build` is not run here.
  if (index === -1 && name !== imageExample) {
    throw new Error(`no \`sam build\` in the first section of ${name}'s README`);
  }
  const end = index === -1 ? first.length : index + 1;
  return { build: [first.slice(0, end)], run: [first.slice(end), ...others] };
}
