import { callPaths } from "../options/fault.ts";
import type { CallFilter, Fault, WatchedCall } from "../options/fault.ts";
import type { ApiRequest } from "../state/api-request.ts";

/** Makes the troubles of an environment. */
export interface FaultInjector {
  /** Adds a fault. Returns the function that takes it away again. */
  add(fault: Fault): () => void;
  /** Passes a request on to `handle`, changed by every fault that concerns it. `extension`: the caller's name. */
  pass(request: ApiRequest, extension: string | undefined, handle: Handle): void;
  /** The bodies of the requests that carry these events to an extension. */
  bodies(extension: string, events: readonly string[]): readonly string[];
}

type Handle = (request: ApiRequest) => void;

type CallFault = Extract<Fault, CallFilter>;

interface Armed {
  readonly fault: Fault;
  seen: number;
}

/** An injector with the faults it starts with. `kill` ends a process by its name. */
export function createFaultInjector(faults: readonly Fault[], kill: (process: string) => void): FaultInjector {
  let armed: readonly Armed[] = [];
  function add(fault: Fault): () => void {
    const entry = { fault, seen: 0 };
    armed = [...armed, entry];
    return () => {
      armed = armed.filter((other) => other !== entry);
    };
  }
  for (const fault of faults) add(fault);

  return {
    add,
    pass(request, extension, handle) {
      const hits = armed.map((entry) => hit(entry, request, extension)).filter((fault) => fault !== undefined);
      let next = handle;
      for (const fault of hits.reverse()) {
        next =
          fault.kind === "watch"
            ? watch(next, extension, (call) => fault.onAnswer(call))
            : withFault(fault, next, kill);
      }
      next(request);
    },
    bodies(extension, events) {
      const entry = armed.find(
        ({ fault }) => fault.kind === "telemetry" && (fault.extension ?? extension) === extension,
      );
      return entry?.fault.kind === "telemetry" ? entry.fault.mutate(events) : [`[${events.join(",")}]`];
    },
  };
}

/** The fault, if it concerns this call and it is its turn. */
function hit(entry: Armed, request: ApiRequest, extension: string | undefined): CallFault | undefined {
  const { fault } = entry;
  if (fault.kind === "telemetry" || !callPaths[fault.call].test(request.path)) return undefined;
  if (fault.extension !== undefined && fault.extension !== extension) return undefined;
  entry.seen += 1;
  const turn = entry.seen - (fault.skip ?? 0);
  return turn > 0 && turn <= (fault.times ?? Infinity) ? fault : undefined;
}

function withFault(
  fault: Exclude<CallFault, { readonly kind: "watch" }>,
  next: Handle,
  kill: (process: string) => void,
): Handle {
  switch (fault.kind) {
    case "delay":
      return (request) => void setTimeout(() => next(request), fault.delayMs);
    case "answer": {
      const { status, body = "" } = fault;
      return (request) => request.respond({ status, headers: { "Content-Type": "application/json" }, body });
    }
    case "cut":
      return (request) => request.cut();
    case "lose-answer":
      return (request) => next({ ...request, respond: () => request.cut() });
    case "kill":
      return (request) => {
        kill(fault.process);
        next(request);
      };
  }
}

function watch(next: Handle, extension: string | undefined, onAnswer: (call: WatchedCall) => void): Handle {
  return (request) => {
    const body = request.body.toString("utf8");
    next({
      ...request,
      respond(answer) {
        onAnswer({ extension, body, status: answer.status, answer: answer.body.toString("utf8") });
        request.respond(answer);
      },
    });
  };
}
