import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createAwsJsonCall } from "../../src/aws/aws-json-call.ts";
import type { AwsCall } from "../../src/aws/classify-failure.ts";
import { createCredentials } from "../../src/aws/credentials.ts";
import { createHttpClient } from "../../src/aws/http-client.ts";
import type { AwsService } from "../../src/aws/sign-request.ts";
import type { Source, SourceItem, SourceOptions } from "../../src/sources/source.ts";
import { failure, startAwsStub, stubCredentials } from "./aws-stub.ts";
import type { AwsStub } from "./aws-stub.ts";
import { createFakeClock } from "./fake-clock.ts";

/** A source for the contract, and how to give the stub a value that it serves. */
export interface SourceUnderContract {
  readonly service: AwsService;
  create(options: SourceOptions): Source;
  /** Makes the stub hold a value under a name. */
  hold(stub: AwsStub, name: string, value: string): void;
  /** The code of the service for a name that does not exist. */
  readonly notFoundCode: string;
}

/** Returns a call of the stub, with the real client. */
export function callTo(stub: AwsStub, service: AwsService): AwsCall {
  const client = createHttpClient({ maxConnections: 8 });
  const environment = {
    AWS_ACCESS_KEY_ID: stubCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: stubCredentials.secretAccessKey,
    AWS_SESSION_TOKEN: stubCredentials.sessionToken,
  };
  const clock = createFakeClock();
  return createAwsJsonCall({
    service,
    region: "eu-west-1",
    endpoint: stub.url,
    client,
    clock,
    credentials: createCredentials({ environment, client, clock }),
  });
}

/** The promises of every source. */
export function runSourceContract(under: SourceUnderContract): void {
  describe("as every source", () => {
    const names = Array.from({ length: 23 }, (_, index) => `name-${index}`);
    const { signal } = new AbortController();
    let stub: AwsStub;
    let source: Source;

    beforeEach(async () => {
      stub = await startAwsStub();
      source = under.create({ call: callTo(stub, under.service), ttlMs: 1000, timeoutMs: 60_000, warm: names });
      for (const name of names) under.hold(stub, name, `value of ${name}`);
    });
    afterEach(() => stub.close());

    const fetchAll = async (items: readonly SourceItem[]) => {
      const batches = source.toBatches(items);
      const fetched = await Promise.all(batches.map((batch) => source.fetch(batch, signal)));
      return batches.flatMap((batch, at) => batch.map((item, index) => ({ item, fetched: fetched[at]?.[index] })));
    };

    test("puts every item into exactly one batch", () => {
      const keys = source.toBatches(source.warm).flatMap((batch) => batch.map((item) => item.key));
      expect([...keys].sort()).toEqual(source.warm.map((item) => item.key).sort());
    });

    test("gives every item of a batch its own value", async () => {
      for (const { item, fetched } of await fetchAll(source.warm)) {
        expect(fetched).toMatchObject({ kind: "found" });
        expect(fetched?.kind === "found" && fetched.body.toString()).toContain(`"value of ${item.id}"`);
      }
    });

    test("fails definitely for a name that does not exist, and fetches its neighbours", async () => {
      const hidden = names[4] ?? "";
      stub.parameters.delete(hidden);
      stub.secrets.delete(hidden);
      for (const { item, fetched } of await fetchAll(source.warm)) {
        expect(fetched).toMatchObject(
          item.id === hidden ? { kind: "definite", code: under.notFoundCode } : { kind: "found" },
        );
      }
    });

    test.each([
      ["ThrottlingException", "transient"],
      ["InternalServerError", "transient"],
      ["ExpiredTokenException", "transient"],
      ["AccessDeniedException", "definite"],
      ["ValidationException", "definite"],
    ])("calls %s %s", async (code, kind) => {
      stub.answer = () => failure(code, "because");
      for (const { fetched } of await fetchAll(source.warm)) {
        // `retrying`, which is not part of a source, takes the mark of expired credentials away.
        const mark = code === "ExpiredTokenException" ? { isExpired: true } : {};
        expect(fetched).toEqual({ kind, code, message: "because", ...mark });
      }
    });

    test("calls a reset connection transient", async () => {
      stub.answer = () => ({ kind: "reset" });
      for (const { fetched } of await fetchAll(source.warm)) {
        expect(fetched).toMatchObject({ kind: "transient", code: "ConnectionError" });
      }
    });

    test.each([["no JSON"], ["[]"], ["null"], ['{"Parameter":7}']])("never rejects on the answer %s", async (text) => {
      stub.answer = () => ({ text });
      for (const { fetched } of await fetchAll(source.warm.slice(0, 1))) {
        expect(fetched?.kind).toMatch(/transient|found/);
      }
    });

    test("gives up when its time is over", async () => {
      stub.answer = () => ({ kind: "silence" });
      const controller = new AbortController();
      const pending = source.fetch(source.warm.slice(0, 1), controller.signal);
      controller.abort();
      expect(await pending).toMatchObject([{ kind: "transient", code: "TimeoutError" }]);
    });

    test("has keys for the name and the ARN, as a query by them has", async () => {
      const [first] = await fetchAll(source.warm.slice(0, 1));
      const arn =
        (/"ARN":"([^"]+)"/.exec(first?.fetched?.kind === "found" ? first.fetched.body.toString() : "") ?? [])[1] ?? "";
      const aliases = first?.fetched?.kind === "found" ? first.fetched.aliases : [];
      const query = ["name", "secretId"].map((name) => ({ name, value: arn }));
      const parsed = source.parseQuery(query);
      expect(parsed.kind === "item" && aliases).toContain(parsed.kind === "item" ? parsed.item.key : "");
    });
  });
}
