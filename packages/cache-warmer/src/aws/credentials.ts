import { parseJsonObject } from "@lambda-extension/core";
import type { Clock } from "@lambda-extension/core";
import type { Variables } from "@lambda-extension/core/settings";
import type { FetchFailure } from "./classify-failure.ts";
import type { HttpClient } from "./http-client.ts";

/** What a request is signed with. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Credentials and their end, or why the function has no credentials. */
export type CredentialsOutcome = FoundCredentials | FetchFailure;

interface FoundCredentials {
  readonly kind: "credentials";
  readonly credentials: Credentials;
  readonly endsEpochMs: number;
}

/** Where credentials come from, and which tokens prove that a caller is the function. */
export interface CredentialsProvider {
  /** Never rejects: a failure says what is missing, or what the endpoint answered. */
  get(signal: AbortSignal): Promise<CredentialsOutcome>;
  /** Forgets what it fetched: after `ExpiredToken`, and after a restore. */
  forget(): void;
  /** The tokens that the function knows: those of its environment, and that of the fetched credentials. */
  tokens(): readonly string[];
}

/** Credentials are fetched again this long before they end. Source: the AWS SDKs' own margin. */
const renewBeforeMs = 5 * 60_000;

/** The SDKs send plain HTTP to these and 127.0.0.0/8 alone: loopback, and the link-local addresses of ECS and EKS. */
const localHosts = ["localhost", "[::1]", "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"];

/**
 * The function's credentials: the environment's triple, or (SnapStart) the container endpoint's.
 * Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 */
export function createCredentials(options: {
  readonly environment: Variables;
  readonly client: HttpClient;
  readonly clock: Clock;
}): CredentialsProvider {
  const { environment, client, clock } = options;
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token } = environment;
  const fixed = toCredentials({ id, secret, token });
  const ownTokens = tokensOf(environment);
  let fetched: FoundCredentials | undefined;
  let fetching: Promise<CredentialsOutcome> | undefined;

  async function renew(signal: AbortSignal): Promise<CredentialsOutcome> {
    const outcome = await fromContainer(environment, client, signal);
    fetching = undefined;
    if (outcome.kind === "credentials") fetched = outcome;
    return outcome;
  }

  return {
    get: async (signal) => {
      if (fixed !== undefined) return fixed;
      if (fetched !== undefined && clock.wallMs() <= fetched.endsEpochMs - renewBeforeMs) return fetched;
      // All callers share one fetch: after a restore every listed name asks at once.
      fetching ??= renew(signal);
      return fetching;
    },
    forget: () => {
      fetched = undefined;
    },
    tokens: () => [...ownTokens, fetched?.credentials.sessionToken].filter(isText),
  };
}

/** The tokens that an environment gives to the function. */
export function tokensOf(environment: Variables): readonly string[] {
  return [environment["AWS_SESSION_TOKEN"], environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"]].filter(isText);
}

async function fromContainer(
  environment: Variables,
  client: HttpClient,
  signal: AbortSignal,
): Promise<CredentialsOutcome> {
  const { AWS_CONTAINER_CREDENTIALS_FULL_URI: uri, AWS_CONTAINER_AUTHORIZATION_TOKEN: token } = environment;
  if (!isText(uri) || !URL.canParse(uri)) {
    return failed(
      "definite",
      "neither AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY nor AWS_CONTAINER_CREDENTIALS_FULL_URI is set",
    );
  }
  const url = new URL(uri);
  const { origin, protocol, hostname } = url;
  if (protocol !== "https:" && !localHosts.includes(hostname) && !/^127\.\d+\.\d+\.\d+$/.test(hostname)) {
    return failed(
      "definite",
      `AWS_CONTAINER_CREDENTIALS_FULL_URI: expected https:// or an address of this machine, got ${origin}`,
    );
  }
  try {
    const headers = isText(token) ? { Authorization: token } : {};
    const { status, body } = await client.send({ method: "GET", url, headers, body: "" }, signal);
    const answer = status === 200 ? parseJsonObject(body) : undefined;
    const { AccessKeyId: id, SecretAccessKey: secret, Token: sessionToken, Expiration: end } = answer ?? {};
    const found = toCredentials({ id, secret, token: sessionToken, end });
    return found ?? failed("transient", `${origin} answered ${status} without credentials`);
  } catch (error) {
    return failed("transient", `${origin}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Returns undefined unless both halves of the key are texts. Credentials without a valid `end` last for ever. */
function toCredentials({ id, secret, token, end }: Record<string, unknown>): FoundCredentials | undefined {
  if (!isText(id) || !isText(secret)) return undefined;
  const credentials = { accessKeyId: id, secretAccessKey: secret, ...(isText(token) && { sessionToken: token }) };
  const ends = isText(end) ? Date.parse(end) : Number.NaN;
  return { kind: "credentials", credentials, endsEpochMs: Number.isNaN(ends) ? Infinity : ends };
}

function failed(kind: FetchFailure["kind"], message: string): FetchFailure {
  return { kind, code: "CredentialsError", message };
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
