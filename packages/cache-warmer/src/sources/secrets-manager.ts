import { textOf } from "@lambda-extension/core";
import type { AwsCall } from "../aws/classify-failure.ts";
import { textOrNull, toGoJson, toGoTime } from "./go-json.ts";
import type { Fetched, ParsedQuery, QueryParameter, Source, SourceItem, SourceOptions } from "./source.ts";

interface SecretQuery {
  readonly secretId: string;
  readonly versionId?: string | undefined;
  readonly versionStage?: string | undefined;
}

/**
 * Secrets of Secrets Manager, each by its own `GetSecretValue`: AWS allows 10,000 of these a second, but only 100
 * `BatchGetSecretValue`. Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
 */
export function createSecretsManager(options: SourceOptions): Source {
  const { call, ttlMs, timeoutMs } = options;
  return {
    noun: "secret",
    path: "/secretsmanager/get",
    ttlMs,
    timeoutMs,
    warm: options.warm.map((secretId) => toItem({ secretId })),
    parseQuery,
    toBatches: (items) => items.map((item) => [item]),
    fetch: (batch, signal) => Promise.all(batch.map((item) => fetchOne(call, item, signal))),
  };
}

function parseQuery(query: readonly QueryParameter[]): ParsedQuery {
  const valueOf = (name: string) => query.find((parameter) => parameter.name === name)?.value || undefined;
  const secretId = valueOf("secretId");
  if (secretId === undefined) return { kind: "invalid", reason: "the query parameter secretId is missing" };
  return {
    kind: "item",
    item: toItem({ secretId, versionId: valueOf("versionId"), versionStage: valueOf("versionStage") }),
  };
}

function toItem(query: SecretQuery): SourceItem {
  const { secretId, versionId, versionStage } = query;
  return {
    key: toKey(query),
    id: secretId,
    input: {
      SecretId: secretId,
      ...(versionId !== undefined && { VersionId: versionId }),
      ...(versionStage !== undefined && { VersionStage: versionStage }),
    },
  };
}

/** Without version and stage a query means the stage AWSCURRENT. */
function toKey({ secretId, versionId, versionStage }: SecretQuery): string {
  const stage = versionStage ?? (versionId === undefined ? "AWSCURRENT" : "");
  return `secret ${JSON.stringify([stage, versionId ?? "", secretId])}`;
}

async function fetchOne(call: AwsCall, item: SourceItem, signal: AbortSignal): Promise<Fetched> {
  const outcome = await call("GetSecretValue", item.input, signal);
  if (outcome.kind !== "ok") return outcome;
  const secret = outcome.output;
  const versionId = textOf(item.input["VersionId"]);
  const versionStage = textOf(item.input["VersionStage"]);
  const aliases = [secret["Name"], secret["ARN"]]
    .flatMap((secretId) => textOf(secretId) ?? [])
    .map((secretId) => toKey({ secretId, versionId, versionStage }));
  return { kind: "found", body: Buffer.from(encode(secret)), aliases };
}

/** Every member in Go's order; absent members are `null`. */
function encode(secret: Readonly<Record<string, unknown>>): string {
  const stages = secret["VersionStages"];
  return toGoJson({
    ARN: textOrNull(secret["ARN"]),
    CreatedDate: toGoTime(secret["CreatedDate"]),
    Name: textOrNull(secret["Name"]),
    SecretBinary: textOrNull(secret["SecretBinary"]),
    SecretString: textOrNull(secret["SecretString"]),
    VersionId: textOrNull(secret["VersionId"]),
    VersionStages: Array.isArray(stages) ? stages.filter((stage) => typeof stage === "string") : null,
    ResultMetadata: {},
  });
}
