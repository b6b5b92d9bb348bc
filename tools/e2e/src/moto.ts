import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { projectEnvironment } from "@lambda-extension/sam";
import { startProcess } from "./background-process.ts";
import type { ContainerEngine } from "./container-engine.ts";

/** A stand-in for AWS, with nothing in it yet. */
export interface Moto {
  /** The endpoint, spelt with `localhost`: moto finds the bucket of a TemplateURL only under that name. */
  readonly url: string;
  /** Variables that send AWS's SDKs and command lines there. */
  readonly environment: Readonly<Record<string, string>>;
  /** What it said, one line for each request among it. */
  readonly lines: readonly string[];
  /** A command and its arguments as they run where it can be reached. */
  inside(file: string, ...args: readonly string[]): { readonly file: string; readonly args: readonly string[] };
  close(): Promise<void>;
}

const program = fileURLToPath(new URL("../python/moto_with_sam_transform.py", import.meta.url));

/** Where containers reach it, too: at the gateway of the engine's own network. */
export interface MotoPlace {
  readonly engine: ContainerEngine;
  readonly port: number;
}

/**
 * Starts moto with AWS's SAM transform in its CloudFormation: on a free port of 127.0.0.1, or inside an engine's own
 * network. Errors: rejects with its output where it does not start.
 */
export async function startMoto(place?: MotoPlace): Promise<Moto> {
  const credentials = {
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_SESSION_TOKEN: "test",
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_REGION: "us-east-1",
  };
  const [file, ...args] = [join(projectEnvironment.folder, "bin/python"), program, "--port", String(place?.port ?? 0)];
  const inside: Moto["inside"] =
    place === undefined ? (file, ...args) => ({ file, args }) : (file, ...args) => place.engine.inside(file, ...args);
  const host = place === undefined ? "127.0.0.1" : "0.0.0.0";
  const server = await startProcess({
    ...inside(file, ...args, "--host", host),
    env: { ...process.env, ...credentials },
  });
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
