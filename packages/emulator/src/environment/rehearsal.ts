import { request } from "node:http";
import type { Sandbox } from "../namespace/sandbox.ts";
import { startChild } from "../process/child.ts";

/**
 * Goes once through what the first invocation of an environment needs of this process, so that it finds it loaded and
 * compiled: a call of the Runtime API and a process inside. Neither leaves a line or a timeline entry. Errors: none.
 */
export async function rehearse(sandbox: Pick<Sandbox, "enter">, runtimeApi: string): Promise<void> {
  const child = startChild({ argv: sandbox.enter(["/bin/sh", "-c", ":"]), environment: {}, onLine() {} });
  await Promise.all([knock(`http://${runtimeApi}/2018-06-01/ping`), child.exited]);
}

/** Makes a request and throws its answer away. Errors: none, also where nobody answers. */
export function knock(url: string, { method = "GET", headers = {} }: KnockOptions = {}): Promise<void> {
  return new Promise((resolve) => {
    const knocking = request(url, { method, headers, agent: false }, (answer) => answer.resume());
    knocking.on("error", () => {});
    knocking.on("close", resolve);
    knocking.end();
  });
}

interface KnockOptions {
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
}
