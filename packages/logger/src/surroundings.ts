import type * as files from "node:fs/promises";
import type * as http from "node:http";
import type * as https from "node:https";
import type * as zlib from "node:zlib";
import type { Clock } from "@lambda-extension/core";

/** What is loaded when it is first needed. */
export interface LazyModules {
  readonly "node:fs/promises": typeof files;
  readonly "node:http": typeof http;
  readonly "node:https": typeof https;
  readonly "node:zlib": typeof zlib;
}

/** What the parts need of the process they run in; `main.ts` hands in the real one, tests a fake. */
export interface Surroundings {
  readonly clock: Clock;
  /** From 0 to below 1. */
  random(): number;
  /**
   * `process.getBuiltinModule`. A static import would load the module
   * before the first `next` (`node:fs/promises` 1.5 ms, `node:http` 10 ms), and `import("node:http")` undici with it
   * (40 ms).
   */
  builtinModule<Id extends keyof LazyModules>(id: Id): LazyModules[Id];
}
