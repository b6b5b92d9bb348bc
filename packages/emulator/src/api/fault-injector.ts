import type { CallFilter, CallName, Fault, WatchedCall } from "../options/fault.ts";
import type { ApiRequest } from "../state/api-request.ts";

/** Who calls, as far as faults care. */
export interface Caller {
  readonly extension: string | undefined;
}

/** Makes the troubles that were asked for. */
export interface FaultInjector {
  /** Adds a fault; the returned function takes it away again. */
  add(fault: Fault): () => void;
  /** Passes a request on to `handle`, changed by every fault that concerns it. */
  pass(request: ApiRequest, caller: Caller, handle: (request: ApiRequest) => void): void;
  /** The bodies of the requests that carry these events to an extension. */
  bodies(extension: string, events: readonly string[]): readonly string[];
}

/** What the injector does to processes. */
export interface FaultOptions {
  readonly faults: readonly Fault[];
  kill(process: string): void;
}

type CallFault = Extract<Fault, CallFilter>;

interface Armed {
  readonly fault: Fault;
  seen: number;
}

const paths: Readonly<Record<CallName, RegExp>> = {
  register: /^\/2020-01-01\/extension\/register$/,
  "event/next": /^\/2020-01-01\/extension\/event\/next$/,
  "init/error": /^\/2020-01-01\/extension\/init\/error$/,
  "exit/error": /^\/2020-01-01\/extension\/exit\/error$/,
  telemetry: /^\/2022-07-01\/telemetry$/,
  "invocation/next": /^\/2018-06-01\/runtime\/invocation\/next$/,
  "invocation/response": /^\/2018-06-01\/runtime\/invocation\/[^/]+\/response$/,
  "invocation/error": /^\/2018-06-01\/runtime\/invocation\/[^/]+\/error$/,
};

/** An injector with the faults it starts with. */
export function createFaultInjector(options: FaultOptions): FaultInjector {
  let armed: readonly Armed[] = [];
  function add(fault: Fault): () => void {
    const entry = { fault, seen: 0 };
    armed = [...armed, entry];
    return () => {
      armed = armed.filter((other) => other !== entry);
    };
  }
  for (const fault of options.faults) add(fault);

  return {
    add,
    pass(request, caller, handle) {
      const hits = armed.map((entry) => hit(entry, request, caller)).filter((fault) => fault !== undefined);
      let next = handle;
      for (const fault of hits.reverse()) next = withFault(fault, next, { caller, options });
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

/** The fault, where it concerns this call and it is its turn. */
function hit(entry: Armed, request: ApiRequest, caller: Caller): CallFault | undefined {
  const { fault } = entry;
  if (fault.kind === "telemetry" || !paths[fault.call].test(request.path)) return undefined;
  if (fault.extension !== undefined && fault.extension !== caller.extension) return undefined;
  entry.seen += 1;
  const turn = entry.seen - (fault.skip ?? 0);
  return turn > 0 && turn <= (fault.times ?? Infinity) ? fault : undefined;
}

interface Surroundings {
  readonly caller: Caller;
  readonly options: FaultOptions;
}

function withFault(
  fault: CallFault,
  next: (request: ApiRequest) => void,
  { caller, options }: Surroundings,
): (request: ApiRequest) => void {
  return (request) => {
    switch (fault.kind) {
      case "delay":
        setTimeout(() => next(request), fault.delayMs);
        break;
      case "answer":
        request.respond({
          status: fault.status,
          headers: { "Content-Type": "application/json" },
          body: fault.body ?? "",
        });
        break;
      case "cut":
        request.cut();
        break;
      case "lose-answer":
        next({ ...request, respond: () => request.cut() });
        break;
      case "kill":
        options.kill(fault.process);
        next(request);
        break;
      case "watch":
        next(watched(request, caller, (call) => fault.onAnswer(call)));
        break;
    }
  };
}

function watched(request: ApiRequest, { extension }: Caller, onAnswer: (call: WatchedCall) => void): ApiRequest {
  return {
    ...request,
    respond(answer) {
      onAnswer({
        extension,
        body: request.body.toString("utf8"),
        status: answer.status,
        answer: answer.body.toString("utf8"),
      });
      request.respond(answer);
    },
  };
}
