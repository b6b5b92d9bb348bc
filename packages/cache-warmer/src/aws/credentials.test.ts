import { describe, expect, test } from "vitest";
import { createFakeClock } from "../../test/support/fake-clock.ts";
import { createCredentials } from "./credentials.ts";
import type { HttpRequest, HttpResponse } from "./http-client.ts";

const { signal } = new AbortController();
const container = {
  AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1:9001/credentials",
  AWS_CONTAINER_AUTHORIZATION_TOKEN: "let me",
};

function create(
  environment: Readonly<Record<string, string>>,
  answer: () => Promise<HttpResponse> = () => Promise.reject(new Error("refused")),
) {
  const clock = createFakeClock();
  const sent: HttpRequest[] = [];
  const client = {
    send: (request: HttpRequest) => {
      sent.push(request);
      return answer();
    },
    dropConnections: () => {},
  };
  return { credentials: createCredentials({ environment, client, clock }), clock, sent };
}

describe("credentials", () => {
  test("come from the environment", async () => {
    const { credentials, sent } = create({
      AWS_ACCESS_KEY_ID: "a",
      AWS_SECRET_ACCESS_KEY: "s",
      AWS_SESSION_TOKEN: "t",
      ...container,
    });
    expect(await credentials.get(signal)).toEqual({
      kind: "credentials",
      credentials: { accessKeyId: "a", secretAccessKey: "s", sessionToken: "t" },
      endsEpochMs: Infinity,
    });
    expect(sent).toEqual([]);
    expect(credentials.tokens()).toEqual(["t", "let me"]);
  });

  test("come from the container endpoint, and are fetched again five minutes before they end", async () => {
    let number = 0;
    const { credentials, clock, sent } = create(container, async () => {
      number += 1;
      const Expiration = new Date(clock.wallMs() + 60 * 60_000).toISOString();
      return {
        status: 200,
        body: Buffer.from(JSON.stringify({ AccessKeyId: "a", SecretAccessKey: "s", Token: `t${number}`, Expiration })),
      };
    });
    const token = async () => {
      const outcome = await credentials.get(signal);
      return outcome.kind === "credentials" ? outcome.credentials.sessionToken : outcome.message;
    };
    expect(await token()).toBe("t1");
    expect(sent[0]).toMatchObject({
      url: new URL(container.AWS_CONTAINER_CREDENTIALS_FULL_URI),
      headers: { Authorization: "let me" },
    });
    clock.freeze(54 * 60_000);
    expect(await token()).toBe("t1");
    expect(credentials.tokens()).toEqual(["let me", "t1"]);
    clock.freeze(2 * 60_000);
    expect(await token()).toBe("t2");
    credentials.forget();
    expect(await token()).toBe("t3");
  });

  test("are fetched once for all callers that ask meanwhile", async () => {
    const { credentials, sent } = create(container, async () => ({
      status: 200,
      body: Buffer.from('{"AccessKeyId":"a","SecretAccessKey":"s"}'),
    }));
    const outcomes = await Promise.all([credentials.get(signal), credentials.get(signal)]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(["credentials", "credentials"]);
    expect(sent).toHaveLength(1);
  });

  test.each([
    [
      {},
      "neither AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY nor AWS_CONTAINER_CREDENTIALS_FULL_URI is set",
      "definite",
    ],
    [
      { AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://evil.example/" },
      "AWS_CONTAINER_CREDENTIALS_FULL_URI: expected https:// or an address of this machine, got http://evil.example",
      "definite",
    ],
    [container, "http://127.0.0.1:9001: refused", "transient"],
  ])("are missing with %j", async (environment, message, kind) => {
    expect(await create(environment).credentials.get(signal)).toEqual({
      kind,
      code: "CredentialsError",
      message,
    });
  });

  test.each([
    [500, "{}"],
    [200, "no json"],
    [200, '{"AccessKeyId":"a"}'],
    [200, "null"],
  ])("are missing if the endpoint answers %i %s", async (status, body) => {
    const { credentials } = create(container, async () => ({ status, body: Buffer.from(body) }));
    expect(await credentials.get(signal)).toMatchObject({ kind: "transient", code: "CredentialsError" });
  });
});
