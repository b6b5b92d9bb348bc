import { PlatformError } from "./errors.ts";
import type { Registration } from "./extension-options.ts";
import type { Registered } from "./hand-off.ts";
import type { HttpConnection, HttpRequest } from "./http/http-connection.ts";
import type { HttpResponse } from "./http/http-link.ts";
import { parseJsonObject, textOf } from "./json-object.ts";
import { parseLifecycleEvent } from "./lifecycle-event.ts";
import type { LifecycleEventType, ParsedLifecycleEvent } from "./lifecycle-event.ts";
import type { TelemetryType } from "./telemetry/telemetry-event.ts";

/** The body of a subscription. Source: https://docs.aws.amazon.com/lambda/latest/dg/telemetry-api-reference.html */
export interface TelemetrySubscription {
  readonly schemaVersion: string;
  readonly types: readonly TelemetryType[];
  readonly destination:
    | { readonly protocol: "HTTP"; readonly URI: string }
    | { readonly protocol: "TCP"; readonly port: number };
  readonly buffering: { readonly maxItems: number; readonly maxBytes: number; readonly timeoutMs: number };
}

/** The answer to a subscription. `unsupported`: the environment accepts it and never delivers. */
export type SubscriptionAnswer =
  | { readonly kind: "subscribed" }
  | { readonly kind: "unsupported" }
  | { readonly kind: "refused"; readonly error: PlatformError };

/** Gets the result of a `next` by callbacks, without a promise: docs/adr/0105-an-invoke-without-promises.md. */
export interface NextListener {
  /** What it throws goes to `onError`. */
  onEvent(event: ParsedLifecycleEvent): void;
  onError(error: unknown): void;
}

/** See {@link createExtensionsApi}. */
export type ExtensionsApi = ReturnType<typeof createExtensionsApi>;

/** How the API is reached. */
export interface ExtensionsApiOptions {
  readonly name: string;
  readonly connection: HttpConnection;
  /** For the calls that must not wait behind `next`. */
  openConnection(): HttpConnection;
  /** Present if the launcher registered. If it has asked for the first event too, that answers the first `next`. */
  readonly registered?: Registered | undefined;
}

const base = "/2020-01-01/extension";

/**
 * The calls of the Extensions API and the Telemetry API for one extension. The identifier stays in here: no message
 * shows more than its first eight characters.
 * Errors: `PlatformError`. Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html
 */
export function createExtensionsApi(options: ExtensionsApiOptions) {
  const { connection, name, registered } = options;
  let identifier = registered?.identifier ?? "";
  let firstEvent = registered?.firstEvent;
  let hasAsked = firstEvent !== undefined;
  let nextRequest: HttpRequest | undefined;
  const identified = () => ({ "Lambda-Extension-Identifier": identifier });

  function accept(request: HttpRequest, response: HttpResponse): HttpResponse {
    if (response.status === 200) return response;
    throw refusal(request, response, identifier);
  }

  return {
    /** Never times out: Lambda may hold the answer while the environment is frozen, and a second attempt is refused. */
    async register(events: readonly LifecycleEventType[]): Promise<Registration> {
      const headers = { "Lambda-Extension-Name": name, "Lambda-Extension-Accept-Feature": "accountId" };
      const request = { method: "POST", path: `${base}/register`, headers, body: JSON.stringify({ events }) } as const;
      const response = accept(request, await connection.request(request));
      const given = response.header("lambda-extension-identifier");
      if (!given) {
        throw new PlatformError("The registration was answered without an identifier", { code: "NoIdentifier" });
      }
      identifier = given;
      return parseRegistration(response.body, { identifier, registeredBy: "core" });
    },
    /** The long poll; never times out. */
    next(listener: NextListener): void {
      const handedOver = firstEvent;
      firstEvent = undefined;
      if (handedOver !== undefined) return listener.onEvent(handedOver);
      hasAsked = true;
      const request = (nextRequest ??= { method: "GET", path: `${base}/event/next`, headers: identified() });
      connection.exchange(request, {
        onResponse(response) {
          try {
            listener.onEvent(parseLifecycleEvent(accept(request, response).body));
          } catch (error) {
            listener.onError(error);
          }
        },
        onLost: (cause) => listener.onError(cause),
      });
    },
    /** `subscription` is the body of `PUT /2022-07-01/telemetry`. */
    async subscribe(subscription: TelemetrySubscription, timeoutMs: number): Promise<SubscriptionAnswer> {
      const body = JSON.stringify(subscription);
      const request = { method: "PUT", path: "/2022-07-01/telemetry", headers: identified(), body, timeoutMs } as const;
      const response = await connection.request(request);
      if (response.status === 200) return { kind: "subscribed" };
      if (response.status === 202) return { kind: "unsupported" };
      return { kind: "refused", error: refusal(request, response, identifier) };
    },
    /**
     * `init/error` before the first `next`, `exit/error` after it; over a connection of its own, since `next` holds the
     * other. `errorType` reads `Extension.Reason`.
     */
    async reportError(
      error: { readonly errorType: string; readonly message: string },
      timeoutMs: number,
    ): Promise<void> {
      if (identifier === "") return;
      const own = options.openConnection();
      const errorType = error.errorType.replace(/[^\x21-\x7e]/g, "");
      const path = `${base}/${hasAsked ? "exit" : "init"}/error`;
      const headers = { ...identified(), "Lambda-Extension-Function-Error-Type": errorType };
      const body = JSON.stringify({ errorMessage: error.message, errorType, stackTrace: [] });
      try {
        await own.request({ method: "POST", path, headers, body, timeoutMs });
      } finally {
        own.close();
      }
    },
    close: () => connection.close(),
  };
}

/** Reads the body of a registration's answer; a field that is missing becomes an empty string. */
export function parseRegistration(
  body: Buffer | string,
  source: { readonly identifier: string; readonly registeredBy: Registration["registeredBy"] },
): Registration {
  const value = parseJsonObject(body) ?? {};
  const text = (key: string) => textOf(value[key]) ?? "";
  return {
    identifierHint: source.identifier.slice(0, 8),
    functionName: text("functionName"),
    functionVersion: text("functionVersion"),
    handler: text("handler"),
    ...(text("accountId") === "" ? {} : { accountId: text("accountId") }),
    registeredBy: source.registeredBy,
  };
}

/** The API's error bodies name the identifier in full; it is cut to its hint. */
function refusal(request: HttpRequest, response: HttpResponse, identifier: string): PlatformError {
  const hide = (text: string) => (identifier === "" ? text : text.replaceAll(identifier, `${identifier.slice(0, 8)}…`));
  const body = parseJsonObject(response.body);
  const errorType = textOf(body?.["errorType"]) ?? `HTTP${response.status}`;
  const detail = textOf(body?.["errorMessage"]) ?? response.body.toString().slice(0, 200).trim();
  const dropped = response.resent ? " (the request before it went unanswered when its connection was cut)" : "";
  return new PlatformError(
    hide(`${request.method} ${request.path} was answered ${response.status} ${errorType}: ${detail}${dropped}`),
    {
      code: errorType,
      status: response.status,
    },
  );
}
