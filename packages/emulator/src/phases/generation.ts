import type { ApiRequest } from "../api/server.ts";
import type { Child } from "../process/child.ts";
import type { ExtensionState } from "../state/extension-state.ts";
import type { RuntimeState } from "../state/runtime-state.ts";
import { createChanges } from "./changes.ts";
import type { Changes } from "./changes.ts";

/** Why a phase failed. */
export interface Failure {
  readonly errorType: string;
  readonly errorMessage: string;
  /** The body the runtime sent with it. */
  readonly payload?: Buffer;
}

/** What the platform tells an extension through `next`. */
export type LifecycleEvent =
  | { readonly kind: "INVOKE"; readonly invocation: Invocation }
  | { readonly kind: "SHUTDOWN"; readonly deadlineEpochMs: number; readonly reason: string };

/** What an invocation is answered with. */
export interface Answered {
  readonly kind: "response" | "function-error";
  readonly payload: Buffer;
}

/** One call of the function. */
export interface Invocation {
  readonly requestId: string;
  readonly payload: Buffer;
  readonly receivedEpochMs: number;
  readonly deadlineEpochMs: number;
  readonly traceId: string;
  readonly clientContext: string | undefined;
  readonly contentType: string;
  readonly functionArn: string;
  /** Gives the caller its answer; only the first one counts. */
  answer(answered: Answered): void;
  /**
   * Gives the caller a piece of an answer that is still being written; nothing once it is answered. Shape: how long the
   * next one has to wait. Units: milliseconds.
   */
  piece(bytes: Buffer): number;
  /** Tells the caller that there will be no answer. */
  abandon(): void;
  /** When the first piece of a streamed answer came. */
  firstPieceEpochMs?: number;
  /** When the answer began and ended, for the spans; undefined before. */
  response?: {
    readonly startEpochMs: number;
    readonly endEpochMs: number;
    readonly bytes: number;
    readonly errorType?: string;
  };
}

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
  /** Released while it was not waiting: it gets it the moment it asks. */
  pending?: LifecycleEvent;
  errorType?: string;
}

/** The runtime of this generation. */
export interface RuntimeSlot {
  state: RuntimeState;
  child?: Child;
  parked: ApiRequest[];
  invocation?: Invocation;
  /** On Managed Instances: handed to workers, and waiting for one. */
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
  /** Whether it was said that they use more memory than they have on Lambda. */
  isMemoryTold: boolean;
  /** The first fatal error an extension or the runtime reported itself; an exit afterwards carries its type. */
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

/** Notes the first failure and wakes the phase that runs. */
export function fail(generation: Generation, failure: Failure): void {
  generation.failure ??= failure;
  generation.changes.notify();
}

/** Waits until the condition holds; "failed" where something failed first, "deadline" where time ran out. */
export async function waitFor(
  generation: Generation,
  condition: () => boolean,
  deadlineEpochMs: number,
): Promise<"met" | "failed" | "deadline"> {
  const isOver = (): boolean => generation.failure !== undefined || condition();
  const outcome = await generation.changes.until(isOver, deadlineEpochMs);
  if (generation.failure !== undefined) return "failed";
  return outcome;
}

/** Every process of the generation that was started. */
export function childrenOf(generation: Generation): readonly Child[] {
  return [generation.runtime.child, ...generation.extensions.map((extension) => extension.child)].filter(
    (child) => child !== undefined,
  );
}
