import { startOnce } from "./start-once.ts";
import type { Program } from "./start-once.ts";

// Starts the program of the first argument and prints how that went, as JSON: see start-isolated.ts.

// The build has ended, perhaps at a Ctrl-C, which the terminal sends to this process too: then end what was started.
for (const signal of ["SIGINT", "SIGHUP"] as const) process.on(signal, () => {});
process.stdin.resume().once("end", () => process.exit(1));

const outcome = await startOnce(JSON.parse(process.argv[2] ?? "") as Program);
process.stdout.write(JSON.stringify(outcome), () => process.exit(0));
