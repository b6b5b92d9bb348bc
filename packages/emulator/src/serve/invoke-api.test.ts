import { expect, test } from "vitest";
import { startInvokeApi } from "./invoke-api.ts";
import { serviceError } from "./invoke-request.ts";

test("cuts a stream whose environment went away, so that it does not look whole", async () => {
  const api = await startInvokeApi({
    host: "127.0.0.1",
    port: 0,
    find: () => undefined,
    run(_name, _payload, options) {
      options.onPiece?.(Buffer.from("one "));
      return Promise.resolve(
        serviceError(500, "ServiceException", "the environment was closed while this invocation ran"),
      );
    },
    onAsyncFailure() {},
  });
  const url = `${api.url}/2021-11-15/functions/any/response-streaming-invocations`;
  // The cut may come before the head or after it.
  await expect(fetch(url, { method: "POST" }).then((response) => response.text())).rejects.toThrow(
    /terminated|fetch failed/,
  );
  await api.close();
});
