import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { failure, startAwsStub, stubParameter } from "../../test/support/aws-stub.ts";
import type { AwsStub } from "../../test/support/aws-stub.ts";
import { callTo, runSourceContract } from "../../test/support/source-contract.ts";
import { createParameterStore } from "./parameter-store.ts";
import type { Source } from "./source.ts";

describe("the source of parameters", () => {
  runSourceContract({
    service: "ssm",
    create: createParameterStore,
    hold: (stub, name, value) => stub.parameters.set(name, stubParameter(name, value)),
    notFoundCode: "ParameterNotFound",
  });

  const { signal } = new AbortController();
  let stub: AwsStub;
  beforeEach(async () => {
    stub = await startAwsStub();
  });
  afterEach(() => stub.close());

  const create = (...warm: string[]) =>
    createParameterStore({ call: callTo(stub, "ssm"), ttlMs: 1, timeoutMs: 1, warm });
  const itemOf = (source: Source, query: Readonly<Record<string, string>>) => {
    const parsed = source.parseQuery(Object.entries(query).map(([name, value]) => ({ name, value })));
    if (parsed.kind === "invalid") throw new Error(parsed.reason);
    return parsed.item;
  };
  const bodyOf = async (source: Source, query: Readonly<Record<string, string>>) => {
    const [fetched] = await source.fetch([itemOf(source, query)], signal);
    return fetched?.kind === "found" ? fetched.body.toString() : JSON.stringify(fetched);
  };

  test("asks for ten names in a call, decrypted", async () => {
    const names = Array.from({ length: 21 }, (_, index) => `/p/${index}`);
    for (const name of names) stub.parameters.set(name, stubParameter(name, "v"));
    const source = create(...names);
    await Promise.all(source.toBatches(source.warm).map((batch) => source.fetch(batch, signal)));
    expect(
      stub.calls.map(({ target, input }) => [target, (input["Names"] as string[] | undefined)?.length ?? 1]),
    ).toEqual([
      ["AmazonSSM.GetParameters", 10],
      ["AmazonSSM.GetParameters", 10],
      ["AmazonSSM.GetParameter", 1],
    ]);
    expect(stub.calls.every(({ input }) => input["WithDecryption"] === true)).toBe(true);
  });

  test("asks alone for a name with a version or label, and for a secret", () => {
    const source = create(
      "/a",
      "/a:3",
      "/b:live",
      "/aws/reference/secretsmanager/db",
      "/c",
      "arn:aws:ssm:eu-west-1:1:parameter/d",
      "arn:aws:ssm:eu-west-1:1:parameter/d:2",
    );
    expect(source.toBatches(source.warm).map((batch) => batch.map((item) => item.id))).toEqual([
      ["/a", "/c", "arn:aws:ssm:eu-west-1:1:parameter/d"],
      ["/a:3"],
      ["/b:live"],
      ["/aws/reference/secretsmanager/db"],
      ["arn:aws:ssm:eu-west-1:1:parameter/d:2"],
    ]);
  });

  test("finds the denied name of a batch by asking one by one", async () => {
    for (const name of ["/a", "/b", "/c"]) stub.parameters.set(name, stubParameter(name, "v"));
    stub.answer = ({ input }) =>
      JSON.stringify(input).includes('"/b"') ? failure("AccessDeniedException", "not yours") : undefined;
    const source = create("/a", "/b", "/c");
    expect((await source.fetch(source.warm, signal)).map((fetched) => fetched.kind)).toEqual([
      "found",
      "definite",
      "found",
    ]);
  });

  test("asks again for a name that a batch's answer leaves out", async () => {
    for (const name of ["/a", "/b"]) stub.parameters.set(name, stubParameter(name, "v"));
    stub.answer = ({ target }) =>
      target.endsWith("GetParameters")
        ? { status: 200, body: { Parameters: [stub.parameters.get("/a")], InvalidParameters: [] } }
        : undefined;
    const source = create("/a", "/b");
    expect((await source.fetch(source.warm, signal)).map((fetched) => fetched.kind)).toEqual(["found", "found"]);
  });

  test("writes every member in the order of the AWS extension, absent ones as null", async () => {
    stub.parameters.set("/p", stubParameter("/p", 'a<b>&"é'));
    expect(await bodyOf(create(), { name: "/p" })).toBe(
      '{"Parameter":{"ARN":"arn:aws:ssm:eu-west-1:123456789012:parameter/p","DataType":"text","LastModifiedDate":"2022-11-16T08:22:40.362Z",' +
        '"Name":"/p","Selector":null,"SourceResult":null,"Type":"String","Value":"a\\u003cb\\u003e\\u0026\\"é","Version":1},"ResultMetadata":{}}',
    );
  });

  test("writes a reference to a binary secret as the AWS extension does", async () => {
    const name = "/aws/reference/secretsmanager/bin";
    stub.parameters.set(name, {
      ARN: "arn:s",
      LastModifiedDate: 1_668_586_960,
      Name: name,
      SourceResult: '{"a":1}',
      Type: "SecureString",
      Version: 0,
    });
    expect(await bodyOf(create(), { name })).toBe(
      `{"Parameter":{"ARN":"arn:s","DataType":null,"LastModifiedDate":"2022-11-16T08:22:40Z","Name":"${name}","Selector":null,` +
        '"SourceResult":"{\\"a\\":1}","Type":"SecureString","Value":null,"Version":0},"ResultMetadata":{}}',
    );
  });

  test.each([
    [{ name: "/p", version: "3", label: "live" }, "/p:3"],
    [{ name: "/p", label: "live", version: "3" }, "/p:live"],
    [{ name: "/p" }, "/p"],
    [{ name: "/p", other: "x" }, "/p"],
  ])("takes the first of version and label: %j asks for %s", (query, name) => {
    expect(itemOf(create(), query).input).toEqual({ Name: name, WithDecryption: false });
  });

  test("has both values of withDecryption as keys only for a parameter that is not encrypted", async () => {
    stub.parameters.set("/plain", stubParameter("/plain", "v", "StringList"));
    stub.parameters.set("/secure", stubParameter("/secure", "v", "SecureString"));
    const source = create();
    const aliasesOf = async (name: string) => {
      const [fetched] = await source.fetch([itemOf(source, { name, withDecryption: "true" })], signal);
      return fetched?.kind === "found" ? fetched.aliases : [];
    };
    expect(await aliasesOf("/plain")).toContain(itemOf(source, { name: "/plain" }).key);
    expect(await aliasesOf("/secure")).not.toContain(itemOf(source, { name: "/secure" }).key);
  });

  test.each([
    [{}, "the query parameter name is missing"],
    [{ name: "" }, "the query parameter name is missing"],
    [{ name: "/p", withDecryption: "maybe" }, 'withDecryption: expected true or false, got "maybe"'],
  ])("refuses %j", (query: Readonly<Record<string, string>>, reason) => {
    expect(create().parseQuery(Object.entries(query).map(([name, value]) => ({ name, value })))).toEqual({
      kind: "invalid",
      reason,
    });
  });
});
