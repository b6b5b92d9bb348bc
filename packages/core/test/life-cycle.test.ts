import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ConfigError } from "../src/errors.ts";
import type { ExtensionOptions, LifecycleStep } from "../src/extension-options.ts";
import { fakeIdentifier, invokeEvent, shutdownEvent, startFakeLambda } from "./fake-lambda.ts";
import type { FakeLambda } from "./fake-lambda.ts";
import { run } from "./test-host.ts";
import type { RunningExtension } from "./test-host.ts";

const register = "POST /2020-01-01/extension/register";
const next = "GET /2020-01-01/extension/event/next";
const initError = "POST /2020-01-01/extension/init/error";
const exitError = "POST /2020-01-01/extension/exit/error";
const hint = fakeIdentifier.slice(0, 8);

let lambda: FakeLambda;
beforeEach(async () => void (lambda = await startFakeLambda()));
afterEach(() => {
  vi.useRealTimers();
  return lambda.close();
});

const start = (options: ExtensionOptions, env: Record<string, string> = {}) =>
  run({ AWS_LAMBDA_RUNTIME_API: lambda.address, ...env }, { name: "hello-extension", ...options });
const callNames = () => lambda.calls.map(({ method, path }) => `${method} ${path}`);

async function endsWithShutdown(extension: RunningExtension): Promise<void> {
  lambda.deliver(shutdownEvent());
  expect(await extension.exited).toBe(0);
}

function expectNoIdentifier(extension: RunningExtension): void {
  expect(extension.errors.join("\n")).not.toContain(fakeIdentifier);
}

describe("the plain life", () => {
  test("registers, calls next, gives each INVOKE to the handler, ends at SHUTDOWN with status 0, and does not call next again", async () => {
    const seen: string[] = [];
    const extension = start({
      onInvoke: (event, context) =>
        void seen.push(`invoke ${event.requestId} ${context.functionArn} ${event.tracing?.value}`),
      onShutdown: (event, context) => void seen.push(`shutdown ${event.shutdownReason} ${context.reason}`),
    });
    lambda.deliver(invokeEvent("one"));
    lambda.deliver(invokeEvent("two", { tracing: undefined }));
    await lambda.called(next, 3);
    await endsWithShutdown(extension);
    expect(seen).toEqual([
      "invoke one arn:aws:lambda:us-east-1:123456789012:function:fn Root=1-67891233-abcdef012345678912345678",
      "invoke two arn:aws:lambda:us-east-1:123456789012:function:fn undefined",
      "shutdown spindown spindown",
    ]);
    expect(callNames()).toEqual([register, next, next, next]);
    expect(extension.errors).toEqual([]);
    expect(lambda.connections()).toBe(1);
  });

  test("does not call next while it shuts down", async () => {
    const extension = start({
      // A call of the test's own: when it is answered, all earlier calls of the loop have arrived.
      onShutdown: async () => void (await fetch(`http://${lambda.address}/probe`)),
    });
    await lambda.called(next);
    await endsWithShutdown(extension);
    expect(callNames()).toEqual([register, next, "GET /probe"]);
  });

  test("registers by its name, for both events, asking for the account id", async () => {
    const extension = start({});
    const call = await lambda.called(register);
    expect(call.headers).toMatchObject({
      "lambda-extension-name": "hello-extension",
      "lambda-extension-accept-feature": "accountId",
    });
    expect(JSON.parse(call.body)).toEqual({ events: ["INVOKE", "SHUTDOWN"] });
    await endsWithShutdown(extension);
  });

  test("takes the folder's name if it has no other", async () => {
    const extension = run({ AWS_LAMBDA_RUNTIME_API: lambda.address }, {});
    expect((await lambda.called(register)).headers["lambda-extension-name"]).toBe("folder-extension");
    await endsWithShutdown(extension);
  });

  test("calls onStep at each step, in order", async () => {
    const steps: LifecycleStep[] = [];
    const extension = start({ onStep: (step) => void steps.push(step) });
    lambda.deliver(invokeEvent("one"));
    await lambda.called(next, 2);
    await endsWithShutdown(extension);
    expect(steps.map((step) => (step.kind === "received" ? step.event.eventType : step.kind))).toEqual([
      "registering",
      "registered",
      "waiting",
      "INVOKE",
      "waiting",
      "SHUTDOWN",
    ]);
    expect(steps[1]).toEqual({
      kind: "registered",
      registration: {
        identifierHint: hint,
        functionName: "fn",
        functionVersion: "$LATEST",
        handler: "index.handler",
        accountId: "123456789012",
        registeredBy: "core",
      },
    });
  });

  test("runs beforeRegister, registers, runs onInit, then calls next", async () => {
    const order: string[] = [];
    const extension = start({
      beforeRegister: () => void order.push(`before ${lambda.calls.length}`),
      onInit: (context) =>
        void order.push(`init ${callNames().join()} ${context.registration.handler} ${context.hasTelemetry}`),
    });
    await lambda.called(next);
    expect(order).toEqual(["before 0", `init ${register} index.handler false`]);
    await endsWithShutdown(extension);
  });

  test("calls next only when the handler has settled", async () => {
    let finish = () => {};
    const started = new Promise<void>((resolve) => {
      const extension = start({
        onInvoke: () =>
          new Promise((settle) => {
            finish = settle;
            resolve();
          }),
      });
      void extension.exited;
    });
    lambda.deliver(invokeEvent("one"));
    await started;
    expect(callNames().filter((call) => call === next)).toHaveLength(1);
    finish();
    await lambda.called(next, 2);
    lambda.deliver(shutdownEvent());
  });

  test("registers for SHUTDOWN alone on Managed Instances", async () => {
    const extension = start({}, { AWS_LAMBDA_INITIALIZATION_TYPE: "lambda-managed-instances" });
    expect(JSON.parse((await lambda.called(register)).body)).toEqual({ events: ["SHUTDOWN"] });
    await endsWithShutdown(extension);
  });

  test.each([
    ["Timeout", "timeout"],
    ["SandboxTerminated", "sandboxterminated"],
  ])("gives the reason %s in lower case", async (shutdownReason, reason) => {
    let given = "";
    const extension = start({ onShutdown: (_event, context) => void (given = context.reason) });
    lambda.deliver(shutdownEvent({ shutdownReason }));
    expect(await extension.exited).toBe(0);
    expect(given).toBe(reason);
  });
});

describe("the launcher's hand-off", () => {
  const handOff = {
    LAMBDA_EXTENSION_HANDOFF_VERSION: "1",
    LAMBDA_EXTENSION_NAME: "from-launcher",
    LAMBDA_EXTENSION_IDENTIFIER: fakeIdentifier,
    LAMBDA_EXTENSION_EVENTS: "INVOKE,SHUTDOWN",
    LAMBDA_EXTENSION_REGISTRATION: '{"functionName":"fn","functionVersion":"1","handler":"h"}',
  };

  test("is used: core does not register again, and removes the variables of the hand-off", async () => {
    const steps: LifecycleStep[] = [];
    const extension = start({ onStep: (step) => void steps.push(step) }, handOff);
    await lambda.called(next);
    expect(callNames()).toEqual([next]);
    expect(steps[1]).toMatchObject({
      kind: "registered",
      registration: { identifierHint: hint, handler: "h", registeredBy: "launcher" },
    });
    expect(Object.keys(extension.env)).toEqual(["AWS_LAMBDA_RUNTIME_API"]);
    await endsWithShutdown(extension);
  });

  test("of another version is ignored, except for the name", async () => {
    const extension = start({}, { ...handOff, LAMBDA_EXTENSION_HANDOFF_VERSION: "2" });
    expect((await lambda.called(register)).headers["lambda-extension-name"]).toBe("from-launcher");
    expect(Object.keys(extension.env)).toEqual(["AWS_LAMBDA_RUNTIME_API"]);
    await endsWithShutdown(extension);
  });

  test("without an identifier means that the launcher's registration failed: core registers", async () => {
    const extension = start({}, { LAMBDA_EXTENSION_HANDOFF_VERSION: "1", LAMBDA_EXTENSION_NAME: "from-launcher" });
    expect((await lambda.called(register)).headers["lambda-extension-name"]).toBe("from-launcher");
    await endsWithShutdown(extension);
  });

  test("with a descriptor that is not a socket: core opens a connection of its own", async () => {
    const extension = start({}, { ...handOff, LAMBDA_EXTENSION_SOCKET_FD: "999999" });
    await lambda.called(next);
    expect(extension.errors).toEqual([]);
    await endsWithShutdown(extension);
  });

  test("makes beforeRegister too late, which is reported", async () => {
    const extension = start({ beforeRegister() {} }, handOff);
    await lambda.called(next);
    expect(extension.errors.join()).toContain('set "register": "self"');
    await endsWithShutdown(extension);
  });
});

describe("a lazy start", () => {
  const handOver = (event: object) => ({
    LAMBDA_EXTENSION_HANDOFF_VERSION: "1",
    LAMBDA_EXTENSION_NAME: "lazy",
    LAMBDA_EXTENSION_IDENTIFIER: fakeIdentifier,
    LAMBDA_EXTENSION_REGISTRATION: '{"functionName":"fn","functionVersion":"1","handler":"h"}',
    LAMBDA_EXTENSION_EVENT: JSON.stringify(event),
  });

  test("gives the handed-over event to the handlers after onInit, and then asks for the next one", async () => {
    const order: string[] = [];
    const steps: string[] = [];
    const extension = start(
      {
        onInit: () => void order.push("init"),
        onInvoke: (event, context) => void order.push(`${event.requestId} ${context.remainingMs() > 1000}`),
        onStep: (step) => void steps.push(step.kind),
      },
      handOver(invokeEvent("one")),
    );
    lambda.deliver(invokeEvent("two"));
    await lambda.called(next, 2);
    expect(order).toEqual(["init", "one true", "two true"]);
    expect(steps).toEqual(["registering", "registered", "waiting", "received", "waiting", "received", "waiting"]);
    expect(Object.keys(extension.env)).toEqual(["AWS_LAMBDA_RUNTIME_API"]);
    await endsWithShutdown(extension);
    expect(callNames()).toEqual([next, next]);
    expect(extension.errors).toEqual([]);
  });

  test("runs onShutdown if the handed-over event is SHUTDOWN, and asks for nothing", async () => {
    let reason = "";
    const extension = start(
      { onShutdown: (_event, context) => void (reason = `${context.reason} ${context.remainingMs() > 0}`) },
      handOver(shutdownEvent()),
    );
    expect(await extension.exited).toBe(0);
    expect(reason).toBe("spindown true");
    expect(callNames()).toEqual([]);
  });

  test("skips a handed-over event of an unknown kind", async () => {
    const extension = start({}, handOver({ eventType: "RESTORE" }));
    await lambda.called(next);
    await endsWithShutdown(extension);
    expect(extension.errors[0]).toContain('unknown type "RESTORE"');
  });

  test("an onInit that fails closed is an exit/error: init is over", async () => {
    const extension = start(
      { failure: "closed", onInit: () => Promise.reject(new TypeError("no table")) },
      handOver(invokeEvent("one")),
    );
    expect(await extension.exited).toBe(1);
    expect(callNames()).toEqual([exitError]);
    expect((await lambda.called(exitError)).body).toContain("no table");
  });

  test("an onInit that fails open leaves the function alone: the event reaches no handler", async () => {
    const seen: string[] = [];
    const extension = start(
      { onInit: () => Promise.reject(new TypeError("no table")), onInvoke: () => void seen.push("invoke") },
      handOver(invokeEvent("one")),
    );
    await lambda.called(next);
    await endsWithShutdown(extension);
    expect(seen).toEqual([]);
    expect(extension.errors[0]).toContain("TypeError: no table");
  });

  test("the loop goes on without an onInit that has not settled shortly before the event's deadline", async () => {
    const extension = start(
      { onInit: () => new Promise(() => {}) },
      handOver(invokeEvent("one", { deadlineMs: Date.now() + 400 })),
    );
    await lambda.called(next);
    expect(extension.errors[0]).toContain("onInit had not settled when its time ran out");
    await endsWithShutdown(extension);
  });

  const unwanted = (): never => {
    throw new Error("BUG: a handler ran though the lazy start is refused");
  };
  const needsInit = {
    telemetry: { types: ["platform"], onEvents: unwanted },
    beforeRegister: unwanted,
    onInit: unwanted,
    onInvoke: unwanted,
  } satisfies ExtensionOptions;
  const refused = [
    "telemetry: expected nothing with a lazy start, which is after init, got object",
    "beforeRegister: expected nothing with a lazy start, which is after init, got function",
  ];

  test("of a program that needs the init phase is refused with the reason, and the function works", async () => {
    const extension = start(needsInit, handOver(invokeEvent("one")));
    await lambda.called(next);
    await endsWithShutdown(extension);
    expect(extension.errors.slice(0, 2)).toEqual(refused.map((problem) => `[lazy] ${problem}`));
    expect(callNames()).toEqual([next]);
  });

  test("of such a program ends it with exit/error if it fails closed", async () => {
    const extension = start({ ...needsInit, failure: "closed" }, handOver(invokeEvent("one")));
    expect(await extension.exited).toBe(1);
    expect(callNames()).toEqual([exitError]);
    expect(JSON.parse((await lambda.called(exitError)).body)).toMatchObject({ errorMessage: refused.join("; ") });
  });
});

describe("failing open", () => {
  const config = new ConfigError(["PORT: expected a number, got x", "TTL: expected seconds, got y"]);
  const never = () => {
    throw new Error("BUG: a handler ran though the start had failed");
  };

  test.each(["beforeRegister", "onInit"] as const)(
    "a ConfigError from %s is listed once, and the extension calls next until SHUTDOWN",
    async (hook) => {
      const extension = start({
        [hook]: () => {
          throw config;
        },
        onInvoke: never,
        onShutdown: never,
      });
      lambda.deliver(invokeEvent("one"));
      await lambda.called(next, 2);
      await endsWithShutdown(extension);
      expect(extension.errors).toEqual([
        "[hello-extension] PORT: expected a number, got x",
        "[hello-extension] TTL: expected seconds, got y",
        "[hello-extension] The extension does nothing until this is corrected; the function is not affected",
      ]);
      expect(callNames()).toEqual([register, next, next]);
    },
  );

  test("any other exception from onInit is reported on one line with its place, and the extension calls next until SHUTDOWN", async () => {
    const extension = start({ onInit: () => Promise.reject(new TypeError("no\nsuch thing")) });
    await lambda.called(next);
    await endsWithShutdown(extension);
    expect(extension.errors[0]).toMatch(
      /^\[hello-extension\] TypeError: no such thing \(at .*life-cycle\.test\.ts.*\)$/,
    );
  });

  test.each(["beforeRegister", "onInit"] as const)(
    "the extension goes on without a %s that never settles, before Lambda starts the init phase again",
    async (hook) => {
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
      const extension = start({ [hook]: () => new Promise(() => {}), onInvoke: never });
      if (hook === "onInit") await lambda.called(register);
      await vi.waitFor(
        async () => {
          await vi.advanceTimersByTimeAsync(9000);
          expect(callNames()).toContain(next);
        },
        { timeout: 60_000 },
      );
      expect(extension.errors[0]).toContain(`${hook} had not settled`);
      vi.useRealTimers();
      lambda.deliver(invokeEvent("one"));
      await lambda.called(next, 2);
      await endsWithShutdown(extension);
    },
  );

  test("wrong options are listed like a wrong configuration", async () => {
    const telemetry = { types: [], port: 9001, buffering: { maxItems: 5 }, onEvents: never };
    const extension = start({ telemetry });
    await lambda.called(next);
    await endsWithShutdown(extension);
    expect(extension.errors.slice(0, 3)).toEqual([
      '[hello-extension] telemetry.types: expected at least one of "platform", "function", "extension", got none',
      "[hello-extension] telemetry.port: expected 0 to 65535 except 9001, got 9001",
      "[hello-extension] telemetry.buffering.maxItems: expected 1000 to 10000, got 5",
    ]);
  });

  test.each<readonly [string, unknown, string]>([
    ["no options", undefined, "options: expected an object, got undefined"],
    ["an option that is misspelt", { onInvok: never }, "onInvok: no such option; is onInvoke meant?"],
    [
      "an option of telemetry that is misspelt",
      { telemetry: { type: ["platform"], types: ["platform"], onEvents: never } },
      "telemetry.type: no such option; is telemetry.types meant?",
    ],
    ["a way to fail that does not exist", { failure: "close" }, 'failure: expected "open" or "closed", got "close"'],
    [
      "an event that does not exist",
      { events: ["INVOK"] },
      'events: expected a list of "INVOKE", "SHUTDOWN", got "INVOK"',
    ],
    ["a step that is not a function", { onStep: "log" }, 'onStep: expected a function, got "log"'],
    ["a name that is not text", { name: 5 }, "name: expected text, got 5"],
  ])(
    "a mistake in plain JavaScript is reported, and the extension calls next until SHUTDOWN: %s",
    async (_what, options, problem) => {
      const extension = run({ AWS_LAMBDA_RUNTIME_API: lambda.address }, options as ExtensionOptions);
      lambda.deliver(invokeEvent("one"));
      await lambda.called(next, 2);
      await endsWithShutdown(extension);
      expect(extension.errors).toEqual([
        expect.stringContaining(problem),
        expect.stringContaining("The extension does nothing until this is corrected; the function is not affected"),
      ]);
      expect(callNames()).toEqual([register, next, next]);
    },
  );

  test("a failing onInvoke is reported once and counted, and the extension goes on", async () => {
    const extension = start({ onInvoke: () => Promise.reject(new Error("sink is down")) });
    for (const id of ["one", "two", "three"]) lambda.deliver(invokeEvent(id));
    await lambda.called(next, 4);
    await endsWithShutdown(extension);
    expect(extension.errors).toHaveLength(2);
    expect(extension.errors[0]).toContain("onInvoke failed");
    expect(extension.errors[0]).toContain("sink is down");
    expect(extension.errors[1]).toBe("[hello-extension] onInvoke failed 3 times");
  });

  test("a failing onShutdown and a failing onStep still end with status 0", async () => {
    const extension = start({
      onStep: () => {
        throw new Error("step");
      },
      onShutdown: () => Promise.reject(new Error("flush")),
    });
    await lambda.called(next);
    await endsWithShutdown(extension);
    expect(extension.errors.join()).toContain("flush");
  });

  test("a failing report falls back to standard error", async () => {
    const extension = start({
      report: () => {
        throw new Error("no place");
      },
      onInit: () => Promise.reject(config),
    });
    await lambda.called(next);
    await endsWithShutdown(extension);
    expect(extension.errors[0]).toContain("PORT: expected a number, got x");
  });

  test("an uncaught exception is reported once and counted", async () => {
    const extension = start({});
    await lambda.called(next);
    extension.uncaught(new Error("timer"));
    extension.uncaught("a rejection with a text");
    await endsWithShutdown(extension);
    expect(extension.errors[0]).toContain("A background task failed");
    expect(extension.errors[1]).toBe("[hello-extension] A background task failed 2 times");
  });

  test("the loop goes on without a handler that never settles, before the deadline, so that the function does not time out", async () => {
    let aborted = false;
    const extension = start({
      onInvoke: (_event, context) => {
        const onAbort = (): void => void (aborted = true);
        // A busy machine may deliver the event after its deadline.
        if (context.signal.aborted) onAbort();
        else context.signal.addEventListener("abort", onAbort);
        return new Promise(() => {});
      },
    });
    lambda.deliver(invokeEvent("one", { deadlineMs: Date.now() + 300 }));
    await lambda.called(next, 2);
    expect(aborted).toBe(true);
    expect(extension.errors[0]).toContain("had not settled at the event's deadline");
    await endsWithShutdown(extension);
  });

  test("an onShutdown that never settles is cut off before the platform kills", async () => {
    const extension = start({ onShutdown: () => new Promise(() => {}) });
    lambda.deliver(shutdownEvent({ deadlineMs: Date.now() + 400 }));
    expect(await extension.exited).toBe(0);
    expect(extension.errors.join()).toContain("onShutdown had not settled");
  });

  test("an event of an unknown kind is skipped", async () => {
    const extension = start({ onInvoke: never });
    lambda.deliver({ eventType: "RESTORE" });
    lambda.deliver({ eventType: "INVOKE" });
    await lambda.called(next, 3);
    await endsWithShutdown(extension);
    expect(extension.errors[0]).toContain('unknown type "RESTORE"');
  });
});

describe("failing closed", () => {
  const failing = { failure: "closed" } as const;

  test.each(["beforeRegister", "onInit"] as const)(
    "an exception from %s becomes init/error and status 1",
    async (hook) => {
      const extension = start({
        ...failing,
        [hook]: () => {
          throw new ConfigError(["PORT: expected a number, got x"]);
        },
      });
      expect(await extension.exited).toBe(1);
      expect(callNames()).toEqual([register, initError]);
      const call = await lambda.called(initError);
      expect(call.headers["lambda-extension-function-error-type"]).toBe("Extension.ConfigError");
      expect(JSON.parse(call.body)).toMatchObject({
        errorMessage: "PORT: expected a number, got x",
        errorType: "Extension.ConfigError",
      });
      expectNoIdentifier(extension);
    },
  );

  test("an option that runExtension does not know becomes init/error and status 1", async () => {
    const extension = start({ ...failing, onInvok() {} } as ExtensionOptions);
    expect(await extension.exited).toBe(1);
    expect(callNames()).toEqual([register, initError]);
    expect((await lambda.called(initError)).body).toContain("onInvok: no such option; is onInvoke meant?");
  });

  test("an exception from onInvoke becomes exit/error and status 1", async () => {
    const extension = start({ ...failing, onInvoke: () => Promise.reject(new TypeError("x is\r\nnot a function")) });
    lambda.deliver(invokeEvent("one"));
    expect(await extension.exited).toBe(1);
    expect(callNames()).toEqual([register, next, exitError]);
    expect((await lambda.called(exitError)).headers["lambda-extension-function-error-type"]).toBe(
      "Extension.TypeError",
    );
  });

  test("after an exception from an onInvoke that ends at once, the loop does not call next again", async () => {
    const extension = start({
      ...failing,
      onInvoke: () => {
        throw new TypeError("x is not a function");
      },
    });
    lambda.deliver(invokeEvent("one"));
    expect(await extension.exited).toBe(1);
    expect(callNames()).toEqual([register, next, exitError]);
  });

  test("an exception from onStep before the first next becomes init/error", async () => {
    const extension = start({
      ...failing,
      onStep(step) {
        if (step.kind === "waiting") throw new Error("step");
      },
    });
    expect(await extension.exited).toBe(1);
    expect(callNames()).toEqual([register, initError]);
  });

  test("an uncaught exception ends the wait for the next event", async () => {
    const extension = start(failing);
    await lambda.called(next);
    extension.uncaught(new Error("timer"));
    expect(await extension.exited).toBe(1);
    expect(callNames()).toEqual([register, next, exitError]);
  });

  test("an exception from onShutdown becomes exit/error and status 1", async () => {
    const extension = start({ ...failing, onShutdown: () => Promise.reject(new Error("flush")) });
    lambda.deliver(shutdownEvent());
    expect(await extension.exited).toBe(1);
    expect(callNames().at(-1)).toBe(exitError);
  });

  test("the process ends even if the API does not answer the report", async () => {
    lambda.answerOnce(exitError, { kind: "reset" });
    const extension = start(failing);
    await lambda.called(next);
    extension.uncaught(new Error("timer"));
    expect(await extension.exited).toBe(1);
  });
});

describe("signals", () => {
  test.each(["SIGTERM", "SIGINT"] as const)("%s drains and ends with status 0", async (signal) => {
    let reason = "";
    const extension = start({
      onShutdown: (_event, context) => void (reason = `${context.reason} ${context.remainingMs() > 1000}`),
    });
    await lambda.called(next);
    extension.signal(signal);
    expect(await extension.exited).toBe(0);
    expect(reason).toBe(`${signal.toLowerCase()} true`);
    expect(callNames()).not.toContain(exitError);
  });

  test("a signal during an invocation aborts its handler's signal, waits for it, then shuts down", async () => {
    const order: string[] = [];
    const extension: RunningExtension = start({
      onInvoke: (_event, context) =>
        new Promise((resolve) => {
          context.signal.addEventListener("abort", () => {
            order.push("aborted");
            resolve();
          });
          extension.signal("SIGTERM");
        }),
      onShutdown: () => void order.push("shutdown"),
    });
    lambda.deliver(invokeEvent("one"));
    expect(await extension.exited).toBe(0);
    expect(order).toEqual(["aborted", "shutdown"]);
  });

  test("an INVOKE that comes after the signal reaches no handler", async () => {
    const seen: string[] = [];
    const extension = start({
      onInvoke: (event) => void seen.push(event.requestId),
      onShutdown: async () => {
        lambda.deliver(invokeEvent("late"));
        // A call of the test's own, sent after the event: the loop has the event when this one is answered.
        await fetch(`http://${lambda.address}/probe`);
      },
    });
    await lambda.called(next);
    extension.signal("SIGTERM");
    expect(await extension.exited).toBe(0);
    expect(seen).toEqual([]);
    expect(callNames()).toEqual([register, next, "GET /probe"]);
  });

  test("a signal before registration is over ends with status 0", async () => {
    lambda.answerOnce(register, { kind: "hold" });
    const extension = start({});
    await lambda.called(register);
    extension.signal("SIGTERM");
    expect(await extension.exited).toBe(0);
  });
});

describe("the platform's failures", () => {
  test("no Runtime API: one message, status 1, no stack trace", async () => {
    const extension = run({}, { name: "hello-extension" });
    expect(await extension.exited).toBe(1);
    expect(extension.errors).toHaveLength(1);
    expect(extension.errors[0]).toContain("AWS_LAMBDA_RUNTIME_API is not set");
  });

  test.each(["localhost", "http://127.0.0.1:9001", "127.0.0.1:99999", "a b:1"])(
    "a wrong Runtime API address: %s",
    async (address) => {
      const extension = run({ AWS_LAMBDA_RUNTIME_API: address }, {});
      expect(await extension.exited).toBe(1);
      expect(extension.errors).toEqual([
        `[folder-extension] AWS_LAMBDA_RUNTIME_API: expected host:port, got "${address}"`,
      ]);
    },
  );

  test("a name that cannot be a file name", async () => {
    const extension = start({ name: "../héllo" });
    expect(await extension.exited).toBe(1);
    expect(extension.errors[0]).toContain("name: expected the file name in /opt/extensions");
  });

  test("a refused registration ends with its reason, and with a hint if the name may be misspelt", async () => {
    const body =
      '{"errorMessage":"SHUTDOWN: ShutdownEventNotSupportedForInternalExtension","errorType":"Extension.InvalidEventType"}';
    lambda.answerOnce(register, { kind: "answer", status: 403, body });
    const extension = start({});
    expect(await extension.exited).toBe(1);
    expect(extension.errors[0]).toContain("must equal its file name in /opt/extensions");
    expect(callNames()).toEqual([register]);
  });

  test("a registration whose connection is cut is not tried again: it may have been accepted", async () => {
    lambda.answerOnce(register, { kind: "cut" });
    const extension = start({});
    expect(await extension.exited).toBe(1);
    expect(callNames()).toEqual([register]);
  });

  test("an error answer to next ends with exit/error, status 1 and no full identifier in any message", async () => {
    const body = JSON.stringify({
      errorMessage: `State transition from Ready to Ready failed for extension ${fakeIdentifier}. Error: State transition is not allowed`,
      errorType: "Extension.InvalidExtensionState",
    });
    lambda.answerOnce(next, { kind: "answer", status: 403, body });
    const extension = start({});
    expect(await extension.exited).toBe(1);
    expect(callNames()).toEqual([register, next, exitError]);
    expect(extension.errors[0]).toContain(`for extension ${hint}…`);
    expectNoIdentifier(extension);
    expect((await lambda.called(exitError)).body).not.toContain(fakeIdentifier);
  });

  test("a next that is cut off on a kept-alive connection is sent again if the platform allows it", async () => {
    lambda.answerOnce(next, { kind: "reset" });
    const extension = start({});
    await lambda.called(next, 2);
    await endsWithShutdown(extension);
    expect(extension.errors).toEqual([]);
  });

  test("a next that is cut off ends the extension if the platform refuses the second one: an event may be lost", async () => {
    lambda.answerOnce(next, { kind: "cut" });
    const body =
      '{"errorMessage":"State transition from Ready to Ready failed","errorType":"Extension.InvalidExtensionState"}';
    lambda.answerOnce(next, { kind: "answer", status: 403, body });
    const extension = start({});
    expect(await extension.exited).toBe(1);
    expect(callNames()).toEqual([register, next, next, exitError]);
    expect(extension.errors[0]).toContain("its connection was cut");
  });

  test("the extension gives up after ten nonsense answers in a row", async () => {
    for (let answers = 0; answers < 10; answers += 1) {
      lambda.answerOnce(next, { kind: "answer", status: 200, body: "<html>" });
    }
    const extension = start({});
    expect(await extension.exited).toBe(1);
    expect(callNames()).toHaveLength(12);
  });
});
