import type { EventStream } from "./telemetry-event.ts";

/** Where the events of a subscription go. */
export type Destination =
  | { readonly protocol: "HTTP"; readonly port: number; readonly path: string; readonly method: "POST" | "PUT" }
  | { readonly protocol: "TCP"; readonly port: number };

/** When a batch is sent. */
export interface Buffering {
  readonly maxItems: number;
  /** UTF-8 bytes of the events' JSON. */
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

/** A valid `PUT /telemetry`. */
export interface Subscription {
  readonly schemaVersion: string;
  readonly types: readonly EventStream[];
  readonly destination: Destination;
  readonly buffering: Buffering;
}

/** The subscription, or every problem in its body. */
export type ParsedSubscription =
  | { readonly kind: "ok"; readonly subscription: Subscription }
  | { readonly kind: "invalid"; readonly problems: readonly string[] };

const streams: readonly string[] = ["platform", "function", "extension"] satisfies readonly EventStream[];

/**
 * Range and default of each limit. Source: https://docs.aws.amazon.com/lambda/latest/dg/telemetry-api-reference.html
 */
const limits = {
  maxItems: { least: 1000, most: 10_000, usual: 10_000 },
  maxBytes: { least: 262_144, most: 1_048_576, usual: 262_144 },
  timeoutMs: { least: 25, most: 30_000, usual: 1000 },
} as const;

/** The Runtime API's own port on Lambda. */
const reservedPort = 9001;

/** Checks the body of a subscription; ignores unknown keys. */
export function parseSubscription(body: Buffer, schemaVersions: readonly string[]): ParsedSubscription {
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch (error) {
    return { kind: "invalid", problems: [`failed to parse JSON: ${(error as SyntaxError).message}`] };
  }
  const problems: string[] = [];
  const fields = toObject(value);
  const schemaVersion = parseSchemaVersion(fields["schemaVersion"], schemaVersions, problems);
  const types = parseTypes(fields["types"], problems);
  const destination = parseDestination(toObject(fields["destination"]), problems);
  const buffering = parseBuffering(toObject(fields["buffering"]), problems);
  if (problems.length > 0 || destination === undefined) return { kind: "invalid", problems };
  return { kind: "ok", subscription: { schemaVersion, types, destination, buffering } };
}

type Fields = Readonly<Record<string, unknown>>;

function toObject(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function parseSchemaVersion(value: unknown, known: readonly string[], problems: string[]): string {
  if (typeof value === "string" && known.includes(value)) return value;
  problems.push(`schemaVersion should be one of ${known.join(", ")}`);
  return "";
}

function parseTypes(value: unknown, problems: string[]): readonly EventStream[] {
  if (!Array.isArray(value) || value.length === 0) {
    problems.push("types should not be empty");
    return [];
  }
  const unknown = value.filter((type) => !streams.includes(type as string));
  if (unknown.length > 0) problems.push(`types should be among ${streams.join(", ")}`);
  return [...new Set(value as EventStream[])];
}

function parseDestination(fields: Fields, problems: string[]): Destination | undefined {
  const { protocol, URI: uri, port, method } = fields;
  if (protocol === "TCP") {
    if (typeof port === "number" && isUsablePort(port)) return { protocol, port };
    problems.push("destination port should be from 1 to 65535, and not 9001");
    return undefined;
  }
  if (protocol !== "HTTP") problems.push("destination protocol should be HTTP or TCP");
  else if (typeof uri !== "string") problems.push("destination URI is not provided");
  else return parseUri(uri, method === "PUT" ? "PUT" : "POST", problems);
  return undefined;
}

function parseUri(uri: string, method: "POST" | "PUT", problems: string[]): Destination | undefined {
  const match = /^http:\/\/([^/:?#]+)(?::(\d+))?([/?#].*)?$/.exec(uri);
  const [, host = "", port] = match ?? [];
  if (match === null) problems.push("URI should be http://sandbox.localdomain:port");
  else if (host !== "sandbox.localdomain" && host !== "sandbox") {
    problems.push("URI host should be sandbox.localdomain");
  } else if (port === undefined) problems.push("URI port is not provided");
  else if (!isUsablePort(Number(port))) problems.push("URI port should be from 1 to 65535, and not 9001");
  else return { protocol: "HTTP", port: Number(port), path: toPath(match[3]), method };
  return undefined;
}

function toPath(rest: string | undefined): string {
  if (rest === undefined || rest.startsWith("#")) return "/";
  return rest.startsWith("/") ? rest : `/${rest}`;
}

function isUsablePort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535 && port !== reservedPort;
}

function parseBuffering(fields: Fields, problems: string[]): Buffering {
  const read = (name: keyof typeof limits): number => {
    const { least, most, usual } = limits[name];
    const value = fields[name] ?? usual;
    if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
    problems.push(`buffering ${name} should be from ${least} to ${most}`);
    return usual;
  };
  return { maxItems: read("maxItems"), maxBytes: read("maxBytes"), timeoutMs: read("timeoutMs") };
}
