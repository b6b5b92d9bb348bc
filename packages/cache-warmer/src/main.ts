import { bundleFolderName, runExtension, systemClock, writeErrorLine } from "@lambda-extension/core";
import { createExtension } from "./extension.ts";

const prefix = `[${bundleFolderName()}]`;

void runExtension(
  createExtension({
    env: process.env,
    clock: systemClock,
    random: Math.random,
    write: (line) => writeErrorLine(`${prefix} ${line}`),
  }),
);
