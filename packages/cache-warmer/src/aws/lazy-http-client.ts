import type { HttpClient } from "./http-client.ts";

/** An `HttpClient` that loads its transport with the first request, and not in an extension that never sends one. */
export function createLazyHttpClient(load: () => Promise<HttpClient>): HttpClient {
  let loaded: HttpClient | undefined;
  let loading: Promise<HttpClient> | undefined;
  return {
    send: async (request, signal) => {
      loading ??= load();
      loaded ??= await loading;
      return loaded.send(request, signal);
    },
    dropConnections: () => loaded?.dropConnections(),
  };
}
