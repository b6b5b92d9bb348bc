import { parseJsonObject } from "@lambda-extension/core";
import type { Clock } from "@lambda-extension/core";
import type { AwsFailure } from "./classify-failure.ts";
import type { HttpClient } from "./http-client.ts";

/** What a request is signed with. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Credentials, or why there are none. */
export type CredentialsOutcome = { readonly kind: "credentials"; readonly credentials: Credentials } | AwsFailure;

/** Where credentials come from, and which tokens prove that a caller is the function. */
export interface CredentialsProvider {
  /** Never rejects: a failure says what is missing or was answered. */
  get(signal: AbortSignal): Promise<CredentialsOutcome>;
  /** Forgets what was fetched: after `ExpiredToken`, and after a restore. */
  forget(): void;
  /** The tokens the function itself knows: that of its environment, and that of the credentials in use. */
  tokens(): readonly string[];
}

/** Renewed that long before they end. Source: the AWS SDKs' own margin. */
const renewBeforeMs = 5 * 60_000;

/**
 * The function's credentials: the environment's triple, or (SnapStart) the container endpoint's.
 * Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 */
export function createCredentials(options: {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly client: HttpClient;
  readonly clock: Clock;
}): CredentialsProvider {
  const { environment, client, clock } = options;
  const fixed = fromEnvironment(environment);
  const ownTokens = tokensOf(environment);
  let fetched: Fetched | undefined;
  let fetching: Promise<Fetched | AwsFailure> | undefined;

  async function get(signal: AbortSignal): Promise<CredentialsOutcome> {
    if (fixed !== undefined) return { kind: "credentials", credentials: fixed };
    if (fetched !== undefined && clock.wallMs() <= fetched.endsEpochMs - renewBeforeMs) return fetched;
    // One for all that wait: after a restore every name that is warmed asks at once.
    fetching ??= renew(signal);
    return fetching;
  }

  async function renew(signal: AbortSignal): Promise<Fetched | AwsFailure> {
    const outcome = await fromContainer(environment, client, signal);
    fetching = undefined;
    if (outcome.kind === "credentials") fetched = outcome;
    return outcome;
  }

  return {
    get,
    forget: () => {
      fetched = undefined;
    },
    tokens: () => [...ownTokens, fetched?.credentials.sessionToken].filter(isText),
  };
}

/** The tokens that an environment gives to the function. */
export function tokensOf(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  return [environment["AWS_SESSION_TOKEN"], environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"]].filter(isText);
}

function fromEnvironment(environment: Readonly<Record<string, string | undefined>>): Credentials | undefined {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = environment;
  if (!isText(accessKeyId) || !isText(secretAccessKey)) return undefined;
  return { accessKeyId, secretAccessKey, ...(isText(sessionToken) && { sessionToken }) };
}

/** Credentials with their end. */
interface Fetched {
  readonly kind: "credentials";
  readonly credentials: Credentials;
  readonly endsEpochMs: number;
}

async function fromContainer(
  environment: Readonly<Record<string, string | undefined>>,
  client: HttpClient,
  signal: AbortSignal,
): Promise<Fetched | AwsFailure> {
  const uri = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"];
  const token = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"];
  if (!isText(uri) || !URL.canParse(uri)) {
    return failed(
      "definite",
      "neither AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY nor AWS_CONTAINER_CREDENTIALS_FULL_URI is set",
    );
  }
  const url = new URL(uri);
  if (url.protocol !== "https:" && !isLocal(url.hostname)) {
    return failed(
      "definite",
      `AWS_CONTAINER_CREDENTIALS_FULL_URI: expected https:// or an address of this machine, got ${url.origin}`,
    );
  }
  try {
    const response = await client.send(
      { method: "GET", url, headers: isText(token) ? { Authorization: token } : {}, body: "" },
      signal,
    );
    const credentials = response.status === 200 ? parseCredentials(response.body) : undefined;
    return credentials ?? failed("transient", `${url.origin} answered ${response.status} without credentials`);
  } catch (error) {
    return failed("transient", `${url.origin}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function failed(lasts: AwsFailure["lasts"], message: string): AwsFailure {
  return { kind: "failed", code: "CredentialsError", message, lasts };
}

function parseCredentials(body: Buffer): Fetched | undefined {
  const { AccessKeyId, SecretAccessKey, Token, Expiration } = parseJsonObject(body) ?? {};
  if (!isText(AccessKeyId) || !isText(SecretAccessKey)) return undefined;
  const ends = isText(Expiration) ? Date.parse(Expiration) : Number.NaN;
  return {
    kind: "credentials",
    credentials: {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      ...(isText(Token) && { sessionToken: Token }),
    },
    endsEpochMs: Number.isNaN(ends) ? Infinity : ends,
  };
}

/** The hosts for which the SDKs accept plain HTTP: loopback, and the link-local addresses of ECS and EKS. */
function isLocal(hostname: string): boolean {
  const named = ["localhost", "[::1]", "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"];
  return named.includes(hostname) || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
