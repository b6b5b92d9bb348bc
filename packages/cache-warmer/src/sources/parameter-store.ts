import { isObject } from "@lambda-extension/core";
import type { AwsCall } from "../aws/classify-failure.ts";
import { textOrNull, toGoJson, toGoTime } from "./go-json.ts";
import type { Fetched, ParsedQuery, QueryParameter, Source, SourceItem, SourceOptions } from "./source.ts";

/**
 * The most names of one `GetParameters`. Source:
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html
 */
const namesPerCall = 10;

type AwsParameter = Readonly<Record<string, unknown>>;

/** Parameters of Systems Manager: one at a time as `GetParameter`, many as `GetParameters` of ten. */
export function createParameterStore(options: SourceOptions): Source {
  const { call, ttlMs, timeoutMs } = options;
  return {
    noun: "parameter",
    path: "/systemsmanager/parameters/get",
    ttlMs,
    timeoutMs,
    // Decrypted, because functions ask for secure strings decrypted. Other types have the same value in both cases.
    warm: options.warm.map((name) => toItem(name, true)),
    parseQuery,
    toBatches,
    fetch: (batch, signal) => (batch.length === 1 ? fetchEach(call, batch, signal) : fetchMany(call, batch, signal)),
  };
}

function toItem(name: string, withDecryption: boolean): SourceItem {
  return {
    key: toKey(name, withDecryption),
    id: name,
    siblingKey: toKey(name, !withDecryption),
    input: { Name: name, WithDecryption: withDecryption },
  };
}

function toKey(name: string, withDecryption: boolean): string {
  return `ssm ${withDecryption ? "decrypted" : "as-stored"} ${name}`;
}

/** If a query has both `version` and `label`, the first of them counts, as in the AWS extension. */
function parseQuery(query: readonly QueryParameter[]): ParsedQuery {
  const name = query.find((parameter) => parameter.name === "name")?.value;
  if (name === undefined || name === "") return { kind: "invalid", reason: "the query parameter name is missing" };
  const selector = query.find((parameter) => parameter.name === "version" || parameter.name === "label")?.value;
  const decryption = query.find((parameter) => parameter.name === "withDecryption")?.value.toLowerCase() ?? "false";
  if (decryption !== "true" && decryption !== "false") {
    return { kind: "invalid", reason: `withDecryption: expected true or false, got ${JSON.stringify(decryption)}` };
  }
  return {
    kind: "item",
    item: toItem(selector === undefined || selector === "" ? name : `${name}:${selector}`, decryption === "true"),
  };
}

/**
 * Batches of ten plain names. A name with a version or label goes alone, because AWS refuses two selectors of one name
 * in a call; so does a reference to a secret, because the answer to a batch may give it another name.
 */
function toBatches(items: readonly SourceItem[]): readonly (readonly SourceItem[])[] {
  const batches: SourceItem[][] = [];
  for (const item of items) {
    const open = batches.find((batch) => batch.length < namesPerCall && batch.every((other) => canShare(other, item)));
    if (open === undefined) batches.push([item]);
    else open.push(item);
  }
  return batches;
}

function canShare(one: SourceItem, other: SourceItem): boolean {
  return (
    isPlain(one.id) &&
    isPlain(other.id) &&
    one.id !== other.id &&
    one.input["WithDecryption"] === other.input["WithDecryption"]
  );
}

/** True for a name or ARN that has no version and no label, and does not refer to a secret. */
function isPlain(name: string): boolean {
  return selectorOf(name) === "" && !isReference(name);
}

/** Returns `:3` or `:label` from the end of a name or ARN, or an empty text. */
function selectorOf(name: string): string {
  return name.split(":").length - 1 > (name.startsWith("arn:") ? 5 : 0) ? name.slice(name.lastIndexOf(":")) : "";
}

/** Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/integration-ps-secretsmanager.html */
function isReference(name: string): boolean {
  return name.includes("/aws/reference/secretsmanager/");
}

async function fetchOne(call: AwsCall, item: SourceItem, signal: AbortSignal): Promise<Fetched> {
  const outcome = await call("GetParameter", item.input, signal);
  if (outcome.kind !== "ok") return outcome;
  const parameter = outcome.output["Parameter"];
  if (isObject(parameter)) return toFound(item, parameter);
  return { kind: "transient", code: "MalformedAnswer", message: "GetParameter answered without a Parameter" };
}

function fetchEach(call: AwsCall, batch: readonly SourceItem[], signal: AbortSignal): Promise<readonly Fetched[]> {
  return Promise.all(batch.map((item) => fetchOne(call, item, signal)));
}

async function fetchMany(
  call: AwsCall,
  batch: readonly SourceItem[],
  signal: AbortSignal,
): Promise<readonly Fetched[]> {
  const WithDecryption = batch[0]?.input["WithDecryption"] ?? false;
  const outcome = await call("GetParameters", { Names: batch.map((item) => item.id), WithDecryption }, signal);
  if (outcome.kind !== "ok") {
    // AWS refuses a whole batch for one denied name or one key that does not decrypt: the others must not fail with it.
    return outcome.kind === "definite" ? fetchEach(call, batch, signal) : batch.map(() => outcome);
  }
  const found = listOf(outcome.output["Parameters"]).filter(isObject);
  const invalid = listOf(outcome.output["InvalidParameters"]);
  return Promise.all(
    batch.map(async (item): Promise<Fetched> => {
      const parameter = found.find((candidate) => candidate["Name"] === item.id || candidate["ARN"] === item.id);
      if (parameter !== undefined) return toFound(item, parameter);
      if (invalid.includes(item.id)) {
        return { kind: "definite", code: "ParameterNotFound", message: `Parameter ${item.id} not found.` };
      }
      return fetchOne(call, item, signal);
    }),
  );
}

function toFound(item: SourceItem, parameter: AwsParameter): Fetched {
  return { kind: "found", body: Buffer.from(encode(parameter)), aliases: aliasesOf(item, parameter) };
}

/** The name and the ARN; if the parameter is not encrypted, each with both values of `withDecryption`. */
function aliasesOf(item: SourceItem, parameter: AwsParameter): readonly string[] {
  const withDecryption = item.input["WithDecryption"] === true;
  const decryptions = parameter["Type"] === "SecureString" ? [withDecryption] : [withDecryption, !withDecryption];
  const known = isReference(item.id)
    ? []
    : [parameter["Name"], parameter["ARN"]].flatMap((name) => textOrNull(name) ?? []);
  const names = [item.id, ...known.map((name) => `${name}${selectorOf(item.id)}`)];
  return decryptions.flatMap((decryption) => names.map((name) => toKey(name, decryption)));
}

/** Every member in Go's order; absent members are `null`. */
function encode(parameter: AwsParameter): string {
  return toGoJson({
    Parameter: {
      ARN: textOrNull(parameter["ARN"]),
      DataType: textOrNull(parameter["DataType"]),
      LastModifiedDate: toGoTime(parameter["LastModifiedDate"]),
      Name: textOrNull(parameter["Name"]),
      Selector: textOrNull(parameter["Selector"]),
      SourceResult: textOrNull(parameter["SourceResult"]),
      Type: textOrNull(parameter["Type"]) ?? "",
      Value: textOrNull(parameter["Value"]),
      Version: typeof parameter["Version"] === "number" ? parameter["Version"] : 0,
    },
    ResultMetadata: {},
  });
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
