import { request } from "node:http";
import type { RequestOptions } from "node:http";
import type { Sandbox } from "../namespace/sandbox.ts";
import { startChild } from "../process/child.ts";

/**
 * Does once what the first invocation of an environment needs of this process, so that its code is loaded and compiled
 * then: a call of the Runtime API and a process inside. Neither leaves a line or a timeline entry. Errors: none.
 */
export async function rehearse(sandbox: Pick<Sandbox, "enter">, runtimeApi: string): Promise<void> {
  const child = startChild({ argv: sandbox.enter(["/bin/sh", "-c", ":"]), environment: {}, onLine() {} });
  await Promise.all([knock(`http://${runtimeApi}/2018-06-01/ping`), child.exited]);
}

/** Makes a request and throws its answer away. Errors: none, also if no server answers. */
export function knock(url: string, options: Pick<RequestOptions, "method" | "headers"> = {}): Promise<void> {
  return new Promise((resolve) => {
    const knocking = request(url, { ...options, agent: false }, (answer) => answer.resume());
    knocking.on("error", () => {});
    knocking.on("close", resolve);
    knocking.end();
  });
}
