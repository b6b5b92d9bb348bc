import { randomUUID } from "node:crypto";
import { EmulatorError } from "../problems/emulator-error.ts";
import type { Child } from "../process/child.ts";
import type { ApiRequest } from "./api-request.ts";
import { createChanges } from "./changes.ts";
import type { Changes } from "./changes.ts";
import type { Answered, Invocation } from "./invocation.ts";
import type { ExtensionState, RuntimeState } from "./transitions.ts";

/** Lambda's limit, external and internal ones together. */
export const maxExtensions = 10;

/** Why a phase failed. */
export interface Failure {
  readonly errorType: string;
  readonly errorMessage: string;
  /** The body that the runtime sent with it. */
  readonly payload?: Buffer;
}

/** What the platform tells an extension through `next`. */
export type LifecycleEvent =
  | { readonly kind: "INVOKE"; readonly invocation: Invocation }
  | { readonly kind: "SHUTDOWN"; readonly deadlineEpochMs: number; readonly reason: string };

/** An extension of this generation: external ones are processes, internal ones live in the runtime's. */
export interface Extension {
  readonly kind: "external" | "internal";
  readonly name: string;
  readonly id: string;
  state: ExtensionState;
  events: readonly ("INVOKE" | "SHUTDOWN")[];
  child?: Child;
  /** The open `next`. */
  parked?: ApiRequest;
  /** Released while the extension was not waiting: the answer of its next `next`. */
  pending?: LifecycleEvent;
  errorType?: string;
}

/** The runtime of this generation. */
export interface RuntimeSlot {
  state: RuntimeState;
  child?: Child;
  parked: ApiRequest[];
  invocation?: Invocation;
  /** On Managed Instances: invocations at a worker, and invocations that wait for one. */
  readonly concurrent: Map<string, Invocation>;
  readonly queued: Invocation[];
}

/** One set of processes, from an init to its shutdown. A reset makes another one, with new identifiers. */
export interface Generation {
  readonly changes: Changes;
  readonly extensions: Extension[];
  readonly runtime: RuntimeSlot;
  isRegistrationOpen: boolean;
  isSubscriptionOpen: boolean;
  isShuttingDown: boolean;
  /** Whether the platform has written that they use more memory than they have on Lambda. */
  isMemoryTold: boolean;
  /** The first fatal error that an extension or the runtime reported itself: a later exit carries its type. */
  reported?: Failure;
  /** The first failure; ends the phase that runs. */
  failure?: Failure;
}

/** No process yet. */
export function createGeneration(): Generation {
  return {
    changes: createChanges(),
    extensions: [],
    runtime: { state: "Started", parked: [], concurrent: new Map(), queued: [] },
    isRegistrationOpen: true,
    isSubscriptionOpen: true,
    isShuttingDown: false,
    isMemoryTold: false,
  };
}

/** Adds an extension that is about to start, or that registers from inside the runtime. */
export function addExtension(generation: Generation, kind: Extension["kind"], name: string): Extension {
  const extension: Extension = { kind, name, id: randomUUID(), state: "Started", events: [] };
  generation.extensions.push(extension);
  return extension;
}

/** Notes the first failure and wakes the phase that runs. */
export function fail(generation: Generation, failure: Failure): void {
  generation.failure ??= failure;
  generation.changes.notify();
}

/** How long a phase may take, and its failure if it takes longer. */
export interface TimeLimit {
  readonly deadlineEpochMs: number;
  readonly timedOut: Failure;
}

/** How a phase ended. */
export type Ending = { readonly status: "success" } | FailedEnding;

/** Why a phase did not succeed. */
export interface FailedEnding {
  readonly status: "error" | "timeout";
  readonly failure: Failure;
}

/** Waits until the condition holds, something fails, or the time is over. */
export async function waitFor(
  generation: Generation,
  condition: () => boolean,
  { deadlineEpochMs, timedOut }: TimeLimit,
): Promise<Ending> {
  const isOver = (): boolean => generation.failure !== undefined || condition();
  const outcome = await generation.changes.until(isOver, deadlineEpochMs);
  if (generation.failure !== undefined) return { status: "error", failure: generation.failure };
  return outcome === "met" ? { status: "success" } : { status: "timeout", failure: timedOut };
}

/** The type of what failed, as reports have it: none for a phase that ran out of time. */
export function errorTypeOf(ending: Ending): string | undefined {
  return ending.status === "error" ? ending.failure.errorType : undefined;
}

/** Every process of the generation that has started. */
export function childrenOf(generation: Generation): readonly Child[] {
  return [generation.runtime.child, ...generation.extensions.map((extension) => extension.child)].filter(
    (child) => child !== undefined,
  );
}

/** The process group of `runtime` or of an extension; undefined before it has started. */
export function findProcess(generation: Generation, name: string): Child | undefined {
  return name === "runtime"
    ? generation.runtime.child
    : generation.extensions.find((extension) => extension.name === name)?.child;
}

/** Signals a process group. Errors: `EmulatorError` if no process has that name. */
export function killProcess(generation: Generation, name: string, signal: NodeJS.Signals = "SIGKILL"): void {
  const child = findProcess(generation, name);
  if (child === undefined) throw new EmulatorError(`no process ${name}: expected runtime or the name of an extension`);
  child.signal(signal);
}

/** The answer for the caller if the function has none: the error that the runtime reported, else the failure. */
export function failureAnswer(requestId: string, failure: Failure, generation: Generation): Answered {
  const reported = generation.reported?.payload;
  if (reported !== undefined && reported.length > 0) return { kind: "function-error", payload: reported };
  const { errorType, errorMessage } = failure;
  return {
    kind: "function-error",
    payload: Buffer.from(JSON.stringify({ errorType, errorMessage: `RequestId: ${requestId} Error: ${errorMessage}` })),
  };
}
