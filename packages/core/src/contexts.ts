import type { Deadline } from "./deadline.ts";
import type { ExtensionContext, InvokeContext, Registration, ShutdownContext } from "./extension-options.ts";
import type { InvokeEvent, ShutdownEvent } from "./lifecycle-event.ts";
import type { Telemetry } from "./telemetry/start-telemetry.ts";
import type { PlatformRuntimeDone } from "./telemetry/telemetry-event.ts";

interface ContextParts {
  readonly base: ExtensionContext;
  readonly deadline: Deadline;
  readonly telemetry: Telemetry | undefined;
}

/** What both contexts have. A class, like the deadline: `signal` is a getter, and its first read starts a timer. */
class TimedContext implements ExtensionContext {
  readonly name: string;
  readonly registration: Registration;
  readonly initializationType: string;
  readonly hasTelemetry: boolean;
  readonly deadlineEpochMs: number;
  readonly #deadline: Deadline;

  constructor({ base, deadline }: ContextParts) {
    this.name = base.name;
    this.registration = base.registration;
    this.initializationType = base.initializationType;
    this.hasTelemetry = base.hasTelemetry;
    this.deadlineEpochMs = deadline.deadlineEpochMs;
    this.#deadline = deadline;
  }

  get signal(): AbortSignal {
    return this.#deadline.signal;
  }

  remainingMs(): number {
    return this.#deadline.remainingMs();
  }
}

/** The context of one INVOKE. */
export class TimedInvokeContext extends TimedContext implements InvokeContext {
  readonly requestId: string;
  readonly functionArn: string;
  readonly #parts: ContextParts;

  constructor(event: InvokeEvent, parts: ContextParts) {
    super(parts);
    this.requestId = event.requestId;
    this.functionArn = event.invokedFunctionArn;
    this.#parts = parts;
  }

  async runtimeDone({ graceMs }: { readonly graceMs: number }): Promise<PlatformRuntimeDone | undefined> {
    const { telemetry, deadline } = this.#parts;
    return telemetry?.runtimeDone?.wait(this.requestId, Math.min(graceMs, deadline.untilSignalMs()));
  }
}

/** The context of SHUTDOWN. */
export class TimedShutdownContext extends TimedContext implements ShutdownContext {
  readonly reason: string;
  readonly #telemetry: Telemetry | undefined;

  constructor(event: ShutdownEvent, parts: ContextParts) {
    super(parts);
    this.reason = event.shutdownReason;
    this.#telemetry = parts.telemetry;
  }

  async stopTelemetry(): Promise<void> {
    await this.#telemetry?.close();
  }
}
