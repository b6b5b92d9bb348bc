import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { route } from "../src/api/router.ts";
import type { ApiRequest } from "../src/state/api-request.ts";
import { createGeneration } from "../src/state/generation.ts";
import type { Generation } from "../src/state/generation.ts";
import type { Invocation } from "../src/state/invocation.ts";
import { releaseEvent } from "../src/state/release-event.ts";
import { releaseInvocation } from "../src/state/release-invocation.ts";
import { startApiFixture } from "./api-fixture.ts";
import type { ApiFixture } from "./api-fixture.ts";

let fixture: ApiFixture;
beforeAll(async () => {
  fixture = await startApiFixture();
});
afterAll(() => fixture.close());

/** What the processes call, and, in capitals, what the platform does. */
const steps = [
  "register",
  "register internal",
  "event/next",
  "event/next of a stranger",
  "extension init/error",
  "extension exit/error",
  "EVENT",
  "invocation/next",
  "response",
  "response to another",
  "error",
  "runtime init/error",
  "INVOKE",
  "unknown path",
  "wrong method",
] as const;
type Step = (typeof steps)[number];

/**
 * The rules of AWS's reference for one extension and the runtime. They are written call by call; the emulator has a
 * table of states.
 */
interface Model {
  extension: "unknown" | "registered" | "waiting" | "busy" | "gave up at init" | "gave up";
  hasEvent: boolean;
  hasInternal: boolean;
  runtime: "starting" | "waiting" | "busy" | "answered" | "gave up";
  /** The runtime's calls of `next` that have no answer yet. */
  waiting: number;
}

interface Outcome {
  /** The status of the call's own answer; 0 if the call waits, or if the platform acted. */
  readonly status: number;
  /** The number of waiting calls that get their answer. */
  readonly woken: number;
  /** True if the function's caller gets its answer. */
  readonly isAnswered: boolean;
}

const outcome = (status: number, woken = 0, isAnswered = false): Outcome => ({ status, woken, isAnswered });

/** Returns what the step must do, and changes the model. */
function predict(model: Model, step: Step): Outcome {
  const hasRegistered = model.extension !== "unknown";
  switch (step) {
    case "register":
      if (hasRegistered) return outcome(403);
      model.extension = "registered";
      return outcome(200);
    case "register internal": {
      const isFirst = !model.hasInternal;
      model.hasInternal = true;
      return outcome(isFirst ? 200 : 403);
    }
    case "event/next": {
      if (model.extension !== "registered" && model.extension !== "busy") return outcome(403);
      const { hasEvent } = model;
      model.extension = hasEvent ? "busy" : "waiting";
      model.hasEvent = false;
      return outcome(hasEvent ? 200 : 0);
    }
    case "extension init/error":
      if (model.extension !== "registered" && model.extension !== "gave up at init") return outcome(403);
      model.extension = "gave up at init";
      return outcome(202);
    case "extension exit/error":
      if (!hasRegistered || model.extension === "gave up at init") return outcome(403);
      model.extension = "gave up";
      return outcome(202);
    case "EVENT": {
      const isWoken = model.extension === "waiting";
      if (isWoken) model.extension = "busy";
      else model.hasEvent = true;
      return outcome(0, isWoken ? 1 : 0);
    }
    case "invocation/next":
      if (model.runtime === "gave up") return outcome(403);
      if (model.runtime === "busy") return outcome(200);
      model.runtime = "waiting";
      model.waiting += 1;
      return outcome(0);
    case "response":
    case "error":
      if (model.runtime === "answered") return outcome(403);
      if (model.runtime !== "busy") return outcome(400);
      model.runtime = "answered";
      return outcome(202, 0, true);
    case "runtime init/error":
      if (model.runtime !== "starting") return outcome(403);
      model.runtime = "gave up";
      return outcome(202);
    case "INVOKE": {
      if (model.runtime !== "waiting") return outcome(0);
      const woken = model.waiting;
      model.waiting = 0;
      model.runtime = "busy";
      return outcome(0, woken);
    }
    case "response to another":
      return outcome(400);
    case "event/next of a stranger":
      return outcome(403);
    case "unknown path":
      return outcome(404);
    case "wrong method":
      return outcome(405);
  }
}

interface Call {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const requestId = "the-invocation";

function toCall(step: Exclude<Step, "EVENT" | "INVOKE">, identifier: string): Call {
  const extension = "/2020-01-01/extension";
  const runtime = "/2018-06-01/runtime";
  const identity = {
    "lambda-extension-identifier": identifier,
    "lambda-extension-function-error-type": "Extension.Broken",
  };
  const calls: Readonly<Record<typeof step, Call>> = {
    register: {
      method: "POST",
      path: `${extension}/register`,
      headers: { "lambda-extension-name": "probe" },
      body: '{"events":["INVOKE"]}',
    },
    "register internal": {
      method: "POST",
      path: `${extension}/register`,
      headers: { "lambda-extension-name": "inner" },
      body: "{}",
    },
    "event/next": { method: "GET", path: `${extension}/event/next`, headers: identity },
    "event/next of a stranger": {
      method: "GET",
      path: `${extension}/event/next`,
      headers: { "lambda-extension-identifier": "00000000-0000-0000-0000-000000000000" },
    },
    "extension init/error": { method: "POST", path: `${extension}/init/error`, headers: identity },
    "extension exit/error": { method: "POST", path: `${extension}/exit/error`, headers: identity },
    "invocation/next": { method: "GET", path: `${runtime}/invocation/next` },
    response: { method: "POST", path: `${runtime}/invocation/${requestId}/response` },
    "response to another": { method: "POST", path: `${runtime}/invocation/another/response` },
    error: { method: "POST", path: `${runtime}/invocation/${requestId}/error` },
    "runtime init/error": { method: "POST", path: `${runtime}/init/error` },
    "unknown path": { method: "GET", path: "/2018-06-01/nothing" },
    "wrong method": { method: "PATCH", path: `${extension}/register` },
  };
  return calls[step];
}

/** The emulator, without sockets and without processes. */
function startSubject(): (step: Step) => Outcome {
  const { platform } = fixture;
  const generation: Generation = createGeneration();
  const probe = {
    kind: "external",
    name: "probe",
    id: "11111111-1111-1111-1111-111111111111",
    state: "Started",
    events: [],
  } as const;
  generation.extensions.push({ ...probe });
  const [extension] = generation.extensions;
  let answers = 0;
  let callerAnswers = 0;

  const invocation = (): Invocation => ({
    requestId,
    payload: Buffer.from("{}"),
    receivedEpochMs: 0,
    deadlineEpochMs: 1000,
    traceId: "",
    clientContext: undefined,
    contentType: "application/json",
    functionArn: "",
    answer: () => (callerAnswers += 1),
    piece: () => 0,
    abandon: () => {},
  });

  function act(step: Step): number {
    if (step === "EVENT" && extension !== undefined) {
      releaseEvent(platform, extension, { kind: "INVOKE", invocation: invocation() });
    }
    if (step === "INVOKE" && generation.runtime.state === "Ready") {
      releaseInvocation(platform, generation.runtime, invocation());
    }
    if (step === "EVENT" || step === "INVOKE") return 0;
    const call = toCall(step, probe.id);
    let own = 0;
    let isOver = false;
    const request: ApiRequest = {
      method: call.method,
      path: call.path,
      header: (name) => call.headers?.[name],
      body: Buffer.from(call.body ?? ""),
      trailers: {},
      respond(answer) {
        if (isOver) answers += 1;
        else own = answer.status;
      },
      cut: () => {},
    };
    const status = route(platform, generation, request)?.status ?? own;
    isOver = true;
    // The life cycle does this: an invocation is over when the runtime asks for the next one.
    if (generation.runtime.state === "Ready") delete generation.runtime.invocation;
    return status;
  }

  return (step) => {
    const before = { answers, callerAnswers };
    const status = act(step);
    return outcome(status, answers - before.answers, callerAnswers > before.callerAnswers);
  };
}

test("answers any sequence of calls as the model of one extension and the runtime says", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...steps), { maxLength: 60, size: "max" }), (sequence) => {
      const model: Model = {
        extension: "unknown",
        hasEvent: false,
        hasInternal: false,
        runtime: "starting",
        waiting: 0,
      };
      const act = startSubject();
      const expected = sequence.map((step) => ({ step, ...predict(model, step) }));
      expect(sequence.map((step) => ({ step, ...act(step) }))).toEqual(expected);
    }),
    { numRuns: 20_000 },
  );
});
