import { isContainerEngineThere } from "./container-engine.ts";
import { toEmulatorCommand } from "./emulator-command.ts";
import { findCli } from "./find-cli.ts";
import type { CliName } from "./find-cli.ts";
import { prebuiltWarnings } from "./prebuilt-layers.ts";
import { runCli } from "./run-cli.ts";
import { projectEnvironment, SetupError } from "./virtual-environment.ts";

const [name, ...args] = process.argv.slice(2);
const report = (message: string): void => console.error(message);

if (name === "sam" || name === "samlocal") {
  try {
    process.exitCode = await runWrapped(name);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    report(error.message);
    process.exitCode = error.problem === "interrupted" ? 130 : 1;
  }
} else {
  report("Usage: main.ts sam|samlocal [arguments of the tool …]");
  process.exitCode = 2;
}

async function runWrapped(name: CliName): Promise<number> {
  const cli = await findCli(name, { place: projectEnvironment, path: process.env["PATH"], report });
  // pnpm runs scripts in the root; the user's paths are relative to the folder where the command was typed.
  const cwd = (process.env["npm_lifecycle_event"] === name ? process.env["INIT_CWD"] : undefined) ?? process.cwd();
  for (const warning of await prebuiltWarnings(args, cwd)) report(`warning: ${warning}`);
  const env = { SAM_CLI_TELEMETRY: "0", ...cli.env, ...process.env };
  const status = await runCli({ file: cli.file, args: [...cli.args, ...args], cwd, env });
  const command = status === 0 ? undefined : toEmulatorCommand(args, cwd);
  if (command !== undefined && !(await isContainerEngineThere(process.env))) {
    report(
      `\`sam local\` runs functions in containers, and no container engine answers here. The emulator runs them without one:\n  ${command}`,
    );
  }
  return status;
}
