import { mkdir } from "node:fs/promises";
import { sendCall } from "./api-call.ts";
import type { ApiAnswer, ApiCall, PendingCall } from "./api-call.ts";
import { registerCall } from "./calls.ts";
import { describeAnswer, replaceVariable } from "./describe-answer.ts";
import { listenToIdlePrograms, writeIdlePrograms } from "./idle-programs.ts";
import type { ProbeSetup, ProbeTarget } from "./probe-target.ts";

/** A series of calls whose answers are compared between emulators. */
export interface Probe {
  /** What it looks at. */
  readonly name: string;
  /** Files of /opt/extensions that do nothing; default `probe`. */
  readonly extensions?: readonly string[];
  /** Changes the layer before the emulator starts. */
  prepare?(opt: string): Promise<void>;
  /** Units: whole seconds. Default 30. */
  readonly timeoutSeconds?: number;
  run(session: ProbeSession): Promise<void>;
}

/** What a probe works with. Whatever is sent under a `step` is recorded under it. */
export interface ProbeSession {
  /** Sends a call and waits for its answer. */
  readonly call: (step: string, call: ApiCall) => Promise<ApiAnswer>;
  /** Sends a call whose answer may come much later; it is recorded when it comes. */
  readonly start: (step: string, call: ApiCall) => PendingCall;
  /** Records an answer that came some other way. */
  readonly record: (step: string, answer: ApiAnswer) => void;
  /** Records what a caller of the function got. */
  readonly answerOf: (step: string, answer: Promise<string>) => Promise<void>;
  /** Registers an extension. Shape: its identifier. */
  readonly register: (name: string, events?: readonly string[]) => Promise<string>;
  /** Sends what is not recorded. */
  readonly send: (call: ApiCall) => PendingCall;
  readonly target: ProbeTarget;
  readonly started: (name: string) => Promise<void>;
  readonly exit: (name: string, status: number) => void;
}

/** Runs the probe on one emulator. Shape: one line for each step. */
export async function runProbe(
  probe: Probe,
  folder: string,
  startTarget: (setup: ProbeSetup) => Promise<ProbeTarget>,
): Promise<ReadonlyMap<string, string>> {
  await mkdir(folder, { recursive: true });
  const programs = await listenToIdlePrograms();
  const { opt, task } = await writeIdlePrograms(folder, probe.extensions ?? ["probe"]);
  await probe.prepare?.(opt);
  const { controlPort } = programs;
  const target = await startTarget({ opt, task, controlPort, timeoutSeconds: probe.timeoutSeconds ?? 30 });
  target.firstAnswer.catch(() => {});
  const recorded = new Map<string, string>();
  try {
    await probe.run(openSession(target, recorded, programs));
  } finally {
    await programs.close();
    await target.close();
  }
  return recorded;
}

function openSession(
  target: ProbeTarget,
  recorded: Map<string, string>,
  programs: Pick<ProbeSession, "started" | "exit">,
): ProbeSession {
  const send = (call: ApiCall): PendingCall => sendCall(target.runtimeApi, call);
  const start = (step: string, call: ApiCall): PendingCall => {
    const pending = send(call);
    const answer = pending.answer.then((answer) => {
      recorded.set(step, describeAnswer(answer));
      return answer;
    });
    return { ...pending, answer };
  };
  return {
    target,
    send,
    start,
    call: (step, call) => start(step, call).answer,
    record: (step, answer) => void recorded.set(step, describeAnswer(answer)),
    async answerOf(step, answer) {
      recorded.set(step, replaceVariable(await answer));
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
