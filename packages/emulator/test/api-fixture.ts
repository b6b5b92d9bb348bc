import { request } from "node:http";
import { route } from "../src/api/router.ts";
import { startApiServer } from "../src/api/server.ts";
import type { ApiServer } from "../src/api/server.ts";
import { createTimeline } from "../src/history/timeline.ts";
import type { EnvironmentOptions } from "../src/options/environment-options.ts";
import { resolveSettings } from "../src/options/settings.ts";
import { machineClock } from "../src/process/movable-clock.ts";
import { createGeneration } from "../src/state/generation.ts";
import type { Generation } from "../src/state/generation.ts";
import type { Platform } from "../src/state/platform.ts";
import { createRelay } from "../src/telemetry/relay.ts";

/** What came back. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** The API of an environment whose processes are the test itself. */
export interface ApiFixture {
  readonly platform: Platform;
  readonly generation: Generation;
  call(method: string, path: string, options?: CallOptions): Promise<Reply>;
  close(): Promise<void>;
}

/** Headers and body of a call. */
export interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** Serves a generation with one external extension, `probe`, that was started and has not registered. */
export async function startApiFixture(change: Partial<EnvironmentOptions> = {}): Promise<ApiFixture> {
  const settings = resolveSettings({
    function: { runtime: "provided.al2023", handler: "a.b", codePath: "/none", name: "fn" },
    layers: [],
    ...change,
  });
  const timeline = createTimeline(100);
  const platform: Platform = {
    settings,
    timeline,
    clock: machineClock,
    telemetry: createRelay({
      rule: "retry",
      logFormat: settings.logFormat,
      timeline,
      epochMs: () => Date.now(),
      bodies: (_name, events) => [`[${events.join(",")}]`],
    }),
    runtimeApi: "127.0.0.1:0",
    sandbox: {
      folders: { opt: "/opt", task: "/var/task", runtime: "/var/runtime", path: "" },
      runtime: { argv: [], isOwnClient: false },
      isolation: { kind: "namespace" },
      notices: [],
      tmpPath: "/tmp",
      clockFolder: { folder: "/none", insideFolder: "/none" },
      hostPath: (path) => path,
      enter: (argv) => argv,
      guard() {},
      close: () => Promise.resolve(),
    },
    write() {},
    report() {},
  };
  const generation = createGeneration();
  generation.extensions.push({
    kind: "external",
    name: "probe",
    id: "11111111-2222-4333-8444-555555555555",
    state: "Started",
    events: [],
  });
  const server = await startApiServer(0, {
    handle(incoming) {
      const answer = route(platform, generation, incoming);
      if (answer !== undefined) incoming.respond(answer);
    },
    onPiece: () => 0,
  });
  return {
    platform,
    generation,
    call: (method, path, options = {}) => call(server, method, { path, ...options }),
    close: () => server.close(),
  };
}

function call(
  server: ApiServer,
  method: string,
  { path, headers = {}, body }: CallOptions & { readonly path: string },
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const [host, port] = server.address.split(":");
    const outgoing = request({ host, port, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
