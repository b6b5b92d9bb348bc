import { mkdir } from "node:fs/promises";
import { sendCall } from "./api-call.ts";
import type { ApiAnswer, ApiCall, PendingCall } from "./api-call.ts";
import { registerCall } from "./calls.ts";
import { listenToIdlePrograms, writeIdlePrograms } from "./idle-programs.ts";
import type { IdlePrograms } from "./idle-programs.ts";
import type { ProbeSetup, ProbeTarget } from "./probe-target.ts";

/** A series of calls whose answers are compared between emulators. */
export interface Probe {
  /** What it looks at. */
  readonly name: string;
  readonly run: (session: ProbeSession) => Promise<void>;
  /** Files of /opt/extensions that do nothing; default `probe`. */
  readonly extensions?: readonly string[];
  /** Changes the layer before the emulator starts. */
  readonly prepare?: (opt: string) => Promise<void>;
  /** Units: whole seconds. Default 30. */
  readonly timeoutSeconds?: number;
}

/** What a probe works with. Every answer under a `step` is recorded. */
export interface ProbeSession extends Pick<IdlePrograms, "started" | "exit"> {
  /** Sends a call and waits for its answer. */
  readonly call: (step: string, call: ApiCall) => Promise<ApiAnswer>;
  /** Sends a call whose answer may come much later; it is recorded when it comes. */
  readonly start: (step: string, call: ApiCall) => PendingCall;
  /** Records an answer that came some other way. */
  readonly record: (step: string, answer: ApiAnswer) => void;
  /** Waits for the answer to the first invocation, and records it. */
  readonly callersAnswer: () => Promise<void>;
  /** Registers an extension. Returns its identifier. */
  readonly register: (name: string, events?: readonly string[]) => Promise<string>;
  /** Sends a call. Its answer is not recorded. */
  readonly send: (call: ApiCall) => PendingCall;
  readonly target: ProbeTarget;
}

/** A probe with the default files and the default time. */
export function probe(name: string, run: Probe["run"]): Probe {
  return { name, run };
}

/** Runs the probe on one emulator. Returns one line for each step. */
export async function runProbe(
  { run, extensions = ["probe"], prepare, timeoutSeconds = 30 }: Probe,
  folder: string,
  startTarget: (setup: ProbeSetup) => Promise<ProbeTarget>,
): Promise<ReadonlyMap<string, string>> {
  await mkdir(folder, { recursive: true });
  const programs = await listenToIdlePrograms();
  const { opt, task } = await writeIdlePrograms(folder, extensions);
  await prepare?.(opt);
  const target = await startTarget({ opt, task, controlPort: programs.controlPort, timeoutSeconds });
  target.firstAnswer.catch(() => {});
  const recorded = new Map<string, string>();
  try {
    await run(openSession(target, recorded, programs));
  } finally {
    await programs.close();
    await target.close();
  }
  return recorded;
}

function openSession(target: ProbeTarget, recorded: Map<string, string>, programs: IdlePrograms): ProbeSession {
  const send = (call: ApiCall): PendingCall => sendCall(target.runtimeApi, call);
  const record = (step: string, answer: ApiAnswer): void => void recorded.set(step, describeAnswer(answer));
  const start = (step: string, call: ApiCall): PendingCall => {
    const pending = send(call);
    const answer = pending.answer.then((answer) => {
      record(step, answer);
      return answer;
    });
    return { ...pending, answer };
  };
  return {
    target,
    send,
    start,
    record,
    call: (step, call) => start(step, call).answer,
    async callersAnswer() {
      recorded.set("the caller's answer", replaceVariable(await target.firstAnswer));
    },
    async register(name, events = ["INVOKE", "SHUTDOWN"]) {
      await programs.started(name);
      const answer = await send(registerCall(name, JSON.stringify({ events }))).answer;
      const id = answer.kind === "answer" ? answer.headers["lambda-extension-identifier"] : undefined;
      if (id === undefined) throw new Error(`the probe's extension ${name} was refused: ${describeAnswer(answer)}`);
      return id;
    },
    started: programs.started,
    exit: programs.exit,
  };
}

/** Headers that clients read; `Date` and `Content-Length` are the HTTP library's. */
const compared = /^(content-type|x-content-type-options|lambda-|allow$)/;

/** An answer as one line of text, without what differs from run to run, so that two emulators can be compared. */
function describeAnswer(answer: ApiAnswer): string {
  if (answer.kind === "closed") return "connection closed";
  const headers = Object.entries(answer.headers)
    .filter(([name]) => compared.test(name))
    .map(([name, value]) => `${name}: ${value}`)
    .sort();
  return replaceVariable([String(answer.status), ...headers, JSON.stringify(answer.body)].join(" | "));
}

function replaceVariable(text: string): string {
  return text
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<id>")
    .replace(/\b1[6-9]\d{11}\b/g, "<time>");
}
