import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { failure, startAwsStub, stubParameter } from "../../test/support/aws-stub.ts";
import type { AwsStub } from "../../test/support/aws-stub.ts";
import { callTo } from "../../test/support/source-contract.ts";

describe("a call of AWS", () => {
  const { signal } = new AbortController();
  let stub: AwsStub;
  beforeEach(async () => {
    stub = await startAwsStub();
  });
  afterEach(() => stub.close());

  test("carries a valid signature", async () => {
    stub.parameters.set("/p", stubParameter("/p", "é"));
    expect(await callTo(stub, "ssm")("GetParameter", { Name: "/p", Note: "ünsigned?" }, signal)).toMatchObject({
      kind: "ok",
      output: { Parameter: { Value: "é" } },
    });
    expect(stub.calls).toEqual([{ target: "AmazonSSM.GetParameter", input: { Name: "/p", Note: "ünsigned?" } }]);
  });

  test("returns the code and the message of the service", async () => {
    stub.answer = () => failure("AccessDeniedException", "not you");
    expect(await callTo(stub, "secretsmanager")("GetSecretValue", {}, signal)).toEqual({
      kind: "definite",
      code: "AccessDeniedException",
      message: "not you",
    });
    expect(stub.calls[0]?.target).toBe("secretsmanager.GetSecretValue");
  });

  test("names the host if nothing answers", async () => {
    const { host } = stub.url;
    const call = callTo(stub, "ssm");
    await stub.close();
    expect(await call("GetParameter", {}, signal)).toMatchObject({
      kind: "transient",
      code: "ConnectionError",
      message: expect.stringContaining(host),
    });
  });

  test("takes at most 4 MB of an answer", async () => {
    stub.answer = () => ({ text: "x".repeat(5 * 1024 * 1024) });
    expect(await callTo(stub, "ssm")("GetParameter", {}, signal)).toMatchObject({
      kind: "transient",
      code: "ConnectionError",
    });
  });
});
