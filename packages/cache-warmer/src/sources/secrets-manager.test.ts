import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startAwsStub, stubSecret } from "../../test/support/aws-stub.ts";
import type { AwsStub } from "../../test/support/aws-stub.ts";
import { callTo, runSourceContract } from "../../test/support/source-contract.ts";
import { createSecretsManager } from "./secrets-manager.ts";

describe("the source of secrets", () => {
  runSourceContract({
    service: "secretsmanager",
    create: createSecretsManager,
    hold: (stub, name, value) => stub.secrets.set(name, stubSecret(name, { SecretString: value })),
    notFoundCode: "ResourceNotFoundException",
  });

  const { signal } = new AbortController();
  let stub: AwsStub;
  beforeEach(async () => {
    stub = await startAwsStub();
  });
  afterEach(() => stub.close());

  const create = () => createSecretsManager({ call: callTo(stub, "secretsmanager"), ttlMs: 1, timeoutMs: 1, warm: [] });
  const parse = (query: Readonly<Record<string, string>>) =>
    create().parseQuery(Object.entries(query).map(([name, value]) => ({ name, value })));
  const bodyOf = async (secretId: string) => {
    const parsed = parse({ secretId });
    const [fetched] = parsed.kind === "item" ? await create().fetch([parsed.item], signal) : [];
    return fetched?.kind === "found" ? fetched.body.toString() : JSON.stringify(fetched);
  };

  test("writes a secret of text as the AWS extension does", async () => {
    stub.secrets.set("n", stubSecret("n", { SecretString: '{"a":"<"}' }));
    expect(await bodyOf("n")).toBe(
      '{"ARN":"arn:aws:secretsmanager:eu-west-1:123456789012:secret:n-MFUBmH","CreatedDate":"2022-11-16T08:22:40.499Z","Name":"n","SecretBinary":null,' +
        '"SecretString":"{\\"a\\":\\"\\u003c\\"}","VersionId":"b1c367b9-0000-4000-8000-000000000000","VersionStages":["AWSCURRENT"],"ResultMetadata":{}}',
    );
  });

  test("writes a binary secret in base64", async () => {
    stub.secrets.set("n", stubSecret("n", { SecretBinary: "AAEC" }));
    expect(await bodyOf("n")).toContain('"SecretBinary":"AAEC","SecretString":null,');
  });

  test.each([
    [{ secretId: "n" }, { SecretId: "n" }],
    [
      { secretId: "n", versionStage: "AWSPREVIOUS" },
      { SecretId: "n", VersionStage: "AWSPREVIOUS" },
    ],
    [
      { secretId: "n", versionId: "v" },
      { SecretId: "n", VersionId: "v" },
    ],
    [{ secretId: "n", withDecryption: "true" }, { SecretId: "n" }],
  ])("asks for %j with %j", (query, input) => {
    expect(parse(query)).toMatchObject({ kind: "item", item: { input } });
  });

  test("has one key for AWSCURRENT and for no stage, and other keys for other stages and versions", () => {
    const keyOf = (query: Readonly<Record<string, string>>) => {
      const parsed = parse(query);
      return parsed.kind === "item" ? parsed.item.key : parsed.reason;
    };
    expect(keyOf({ secretId: "n" })).toBe(keyOf({ secretId: "n", versionStage: "AWSCURRENT" }));
    const others = [
      { secretId: "n" },
      { secretId: "n", versionStage: "A" },
      { secretId: "n", versionId: "A" },
      { secretId: "n A" },
      { secretId: "n", versionStage: "A n" },
    ];
    expect(new Set(others.map(keyOf)).size).toBe(others.length);
  });

  test("says that the id is missing", () => {
    expect(parse({ name: "n" })).toEqual({ kind: "invalid", reason: "the query parameter secretId is missing" });
  });
});
