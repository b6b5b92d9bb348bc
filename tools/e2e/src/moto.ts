import { startProcess } from "./background-process.ts";
import type { ContainerEngine } from "./container-engine.ts";
import { python, pythonProgram } from "./run-command.ts";
import type { Inside } from "./run-command.ts";

/** A stand-in for AWS, empty at its start. */
export interface Moto {
  /** The endpoint, spelt with `localhost`: moto finds the bucket of a TemplateURL only under that name. */
  readonly url: string;
  /** Variables that send AWS's SDKs and command lines there. */
  readonly environment: Readonly<Record<string, string>>;
  /** What it wrote: for each request a line, and others. */
  readonly lines: readonly string[];
  /** Makes a command run where it can reach moto. */
  readonly inside: Inside;
  close(): Promise<void>;
}

const credentials = {
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
  AWS_SESSION_TOKEN: "test",
  AWS_DEFAULT_REGION: "us-east-1",
  AWS_REGION: "us-east-1",
};

const asItIs: Inside = (file, ...args) => ({ file, args });

/**
 * Starts moto with AWS's SAM transform in its CloudFormation: on a free port of 127.0.0.1, or in an engine's own
 * network, where containers reach it at the gateway. Errors: rejects with its output if it does not start.
 */
export async function startMoto(place?: { readonly engine: ContainerEngine; readonly port: number }): Promise<Moto> {
  const inside = place?.engine.inside ?? asItIs;
  const host = place === undefined ? "127.0.0.1" : "0.0.0.0";
  const args = [pythonProgram("moto_with_sam_transform.py"), "--port", String(place?.port ?? 0), "--host", host];
  const server = await startProcess({ ...inside(python, ...args), env: { ...process.env, ...credentials } });
  const address = /Running on http:\/\/\S+:(\d+)/;
  const [, port] = address.exec(await server.waitForLine(address)) ?? [];
  const url = `http://localhost:${port}`;
  return {
    url,
    environment: { ...credentials, AWS_ENDPOINT_URL: url },
    lines: server.lines,
    inside,
    close: () => server.close(),
  };
}
