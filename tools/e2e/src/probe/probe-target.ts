import { startEnvironment } from "@lambda-extension/emulator";
import { startOfficialEmulator } from "../official-emulator.ts";
import { findFreePort, untilListening } from "../ports.ts";

/** An emulator under probe: started, and its first invocation sent. */
export interface ProbeTarget {
  readonly runtimeApi: string;
  /** What the caller of the first invocation gets, whenever that is. */
  readonly firstAnswer: Promise<string>;
  invoke(): Promise<string>;
  /** Sends SHUTDOWN; resolves when the environment ended. */
  shutdown(): Promise<void>;
  close(): Promise<void>;
}

/** What both emulators are started with. */
export interface ProbeSetup {
  readonly opt: string;
  readonly task: string;
  readonly controlPort: string;
  /** Units: whole seconds. */
  readonly timeoutSeconds: number;
}

const traceId = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
const functionName = "probe";

/** AWS's emulator. */
export async function startOfficialTarget(setup: ProbeSetup): Promise<ProbeTarget> {
  const emulator = await startOfficialEmulator({
    layers: [setup.opt],
    codePath: setup.task,
    runtime: "bootstrap",
    handler: "index.handler",
    timeoutSeconds: setup.timeoutSeconds,
    environment: { PROBE_CONTROL: setup.controlPort, AWS_LAMBDA_FUNCTION_NAME: functionName },
  });
  const invoke = async (): Promise<string> => (await emulator.invoke({}, { "X-Amzn-Trace-Id": traceId })).body;
  return { ...emulator, firstAnswer: invoke(), invoke };
}

/** This repository's emulator. */
export async function startOurTarget(setup: ProbeSetup): Promise<ProbeTarget> {
  const port = await findFreePort();
  const starting = startEnvironment({
    layers: [setup.opt],
    function: {
      name: functionName,
      runtime: "provided.al2023",
      handler: "index.handler",
      codePath: setup.task,
      timeoutSeconds: setup.timeoutSeconds,
      environment: { PROBE_CONTROL: setup.controlPort },
    },
    runtimeApiPort: port,
    accountId: "012345678912",
  });
  await untilListening(port, new Promise(() => {}));
  const invoke = async (): Promise<string> => (await (await starting).invoke({}, { traceId })).payload;
  return {
    runtimeApi: `127.0.0.1:${port}`,
    firstAnswer: invoke(),
    invoke,
    shutdown: async () => (await starting).shutdown(),
    close: async () => (await starting).close(),
  };
}
