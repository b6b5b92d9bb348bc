import type { InitializationType } from "../options/environment-options.ts";
import { callPaths } from "../options/fault.ts";
import type { Answer, ApiRequest } from "../state/api-request.ts";
import type { Generation } from "../state/generation.ts";
import type { Platform } from "../state/platform.ts";
import { methodNotAllowed, notFound } from "./answers.ts";
import { nextEvent, register, reportError } from "./extensions-api.ts";
import { finishManagedInvocation, nextManagedInvocation } from "./managed-runtime-api.ts";
import { nextInvocation, postError, postInitError, postResponse } from "./runtime-api.ts";
import { getCredentials, nextRestore, postRestoreError } from "./snap-start-api.ts";
import { refuseSubscription, subscribe } from "./telemetry-api.ts";

/** Answers a call of one endpoint. Returns undefined if the answer comes later. */
type Handler = (
  platform: Platform,
  generation: Generation,
  request: ApiRequest,
  parameter: string,
) => Answer | undefined;

interface Route {
  readonly method: string;
  readonly path: RegExp;
  readonly handle: Handler;
}

const runtimeRoutes: readonly Route[] = [
  { method: "GET", path: callPaths["invocation/next"], handle: nextInvocation },
  { method: "POST", path: callPaths["invocation/response"], handle: postResponse },
  { method: "POST", path: callPaths["invocation/error"], handle: postError },
];

const managedRuntimeRoutes: readonly Route[] = [
  { method: "GET", path: callPaths["invocation/next"], handle: nextManagedInvocation },
  { method: "POST", path: callPaths["invocation/response"], handle: finishManagedInvocation("response") },
  { method: "POST", path: callPaths["invocation/error"], handle: finishManagedInvocation("function-error") },
];

const plainText = { "Content-Type": "text/plain; charset=utf-8" };

const commonRoutes: readonly Route[] = [
  { method: "GET", path: /^\/2018-06-01\/ping$/, handle: () => ({ status: 200, headers: plainText, body: "pong" }) },
  { method: "POST", path: /^\/2018-06-01\/runtime\/init\/error$/, handle: postInitError },
  { method: "POST", path: callPaths.register, handle: register },
  { method: "GET", path: callPaths["event/next"], handle: nextEvent },
  { method: "POST", path: callPaths["init/error"], handle: reportError("init/error") },
  { method: "POST", path: callPaths["exit/error"], handle: reportError("exit/error") },
];

/** Only for environments with a snapshot. */
const snapStartRoutes: readonly Route[] = [
  { method: "GET", path: /^\/2018-06-01\/runtime\/restore\/next$/, handle: nextRestore },
  { method: "POST", path: /^\/2018-06-01\/runtime\/restore\/error$/, handle: postRestoreError },
  { method: "GET", path: /^\/2021-04-23\/credentials$/, handle: getCredentials },
];

const telemetryRoutes: readonly Route[] = [{ method: "PUT", path: callPaths.telemetry, handle: subscribe }];

const rieTelemetryRoutes: readonly Route[] = [
  { method: "PUT", path: callPaths.telemetry, handle: refuseSubscription("Telemetry") },
  { method: "PUT", path: /^\/2020-08-15\/logs$/, handle: refuseSubscription("Logs") },
];

const rieRoutes = [...runtimeRoutes, ...commonRoutes, ...rieTelemetryRoutes];
const onDemandRoutes = [...runtimeRoutes, ...commonRoutes, ...telemetryRoutes];
const routesOf: Readonly<Record<InitializationType, readonly Route[]>> = {
  "on-demand": onDemandRoutes,
  "provisioned-concurrency": onDemandRoutes,
  "snap-start": [...onDemandRoutes, ...snapStartRoutes],
  "lambda-managed-instances": [...managedRuntimeRoutes, ...commonRoutes, ...telemetryRoutes],
};

/** Finds the endpoint. Answers 404 for an unknown path, and 405 for a known path with another method. */
export function route(platform: Platform, generation: Generation, request: ApiRequest): Answer | undefined {
  let answer = notFound;
  const { isRie, initializationType } = platform.settings;
  for (const { method, path, handle } of isRie ? rieRoutes : routesOf[initializationType]) {
    const match = path.exec(request.path);
    if (match === null) continue;
    if (method === request.method) return handle(platform, generation, request, match[1] ?? "");
    answer = methodNotAllowed;
  }
  return answer;
}
