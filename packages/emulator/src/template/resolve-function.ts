import { resolve } from "node:path";
import type { EnvironmentOptions, FunctionSpec } from "../options/environment-options.ts";
import { EmulatorError } from "../problems/emulator-error.ts";
import { readBuildStep } from "./build-step.ts";
import type { BuildStep } from "./build-step.ts";
import { findFunction } from "./list-functions.ts";
import { createPropertyReader, readCode } from "./property-reader.ts";
import { resolveLayers } from "./resolve-layers.ts";
import type { LayerReference } from "./resolve-layers.ts";
import { resolveVariables } from "./resolve-variables.ts";
import type { Scope } from "./scope.ts";
import { runtimeProblems } from "./supported-runtime.ts";
import { isValueList, own } from "./value.ts";
import type { Value } from "./value.ts";

/** A function of a template, ready to run once its code and layers are built. */
export interface ResolvedFunction {
  readonly logicalId: string;
  readonly spec: FunctionSpec;
  readonly layers: readonly LayerReference[];
  /** What `sam build` would still do with the code; undefined if it runs as it is. */
  readonly build: BuildStep | undefined;
  /** `x86_64` or `arm64`. */
  readonly architecture: string;
  readonly options: Pick<EnvironmentOptions, "logFormat" | "initializationType">;
  /** What differs from a deployment, one sentence each. */
  readonly warnings: readonly string[];
}

/** Which function to resolve, and the place of its template. */
export interface FunctionPlace {
  readonly name?: string | undefined;
  /** The template's folder: relative paths start here. */
  readonly folder: string;
  /** Runs the function instead of the emulator's client: with it, any runtime will do. */
  readonly bootstrap?: readonly string[] | undefined;
}

/**
 * Resolves one function of a template (without a name, its only function) with its environment and layers. Paths become
 * absolute. Touches no file.
 * Errors: `EmulatorError` with one line for every problem.
 */
export function resolveFunction(scope: Scope, where: FunctionPlace): ResolvedFunction {
  const found = findFunction(scope, where.name);
  const reader = createPropertyReader(found, scope);
  const runtime = reader.text("Runtime");
  const code = readCode(found, reader);
  if (runtime === undefined && code !== undefined) {
    reader.problems.push("Runtime: missing; name one, as nodejs22.x or python3.13");
  }
  if (runtime !== undefined && where.bootstrap === undefined) reader.problems.push(...runtimeProblems(runtime));
  const handler = reader.text("Handler") ?? (runtime?.startsWith("provided") === true ? "bootstrap" : undefined);
  if (handler === undefined && code !== undefined) {
    reader.problems.push("Handler: missing; name file and function, as app.handler for `handler` of app.mjs or app.py");
  }
  const timeoutSeconds = reader.wholeNumber("Timeout", { min: 1, max: 900 });
  const memorySizeMb = reader.wholeNumber("MemorySize", { min: 128, max: 32_768 });
  const architecture = reader.attempt("Architectures", () => readArchitecture(reader.value("Architectures")));
  const logging = reader.value("LoggingConfig");
  const written = own(found.properties, "Layers") ?? [];
  const layers = reader.attempt("Layers", () => resolveLayers(written, scope, where.folder));
  const environment = reader.attempt("Environment", () => resolveVariables(found, scope));
  if (reader.problems.length > 0) {
    throw new EmulatorError(reader.problems.map((problem) => `${found.logicalId}: ${problem}`).join("\n"));
  }
  const isManaged = own(found.properties, "CapacityProviderConfig") !== undefined;
  return {
    logicalId: found.logicalId,
    spec: {
      name: found.name,
      runtime: runtime ?? "",
      handler: handler ?? "",
      codePath: resolve(where.folder, code ?? "."),
      environment: environment?.variables ?? {},
      ...(where.bootstrap === undefined ? {} : { bootstrap: where.bootstrap }),
      ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
      ...(memorySizeMb === undefined ? {} : { memorySizeMb }),
    },
    layers: layers ?? [],
    build: readBuildStep(found.metadata, where.folder),
    architecture: architecture ?? "x86_64",
    options: {
      ...(own(logging, "LogFormat") === "JSON" ? { logFormat: "JSON" } : {}),
      ...(isManaged ? { initializationType: "lambda-managed-instances" } : {}),
    },
    warnings: environment?.warnings ?? [],
  };
}

function readArchitecture(value: Value | undefined): string {
  if (value === undefined) return "x86_64";
  const [only, ...others] = isValueList(value) ? value : [];
  if ((only === "x86_64" || only === "arm64") && others.length === 0) return only;
  throw new EmulatorError(`expected [x86_64] or [arm64], got ${JSON.stringify(value)}`);
}
