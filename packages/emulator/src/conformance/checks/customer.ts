import type { Check } from "../trial/check.ts";
import { disturbance } from "./disturbance.ts";

export const ignoresNodeOptions: Check = disturbance(
  {
    id: "node-options",
    title: "Is not reached by the function's NODE_OPTIONS",
    advice:
      "Extensions get the function's variables: take NODE_OPTIONS out before Node starts, as #!/usr/bin/env -S -u NODE_OPTIONS node does. A --require of the function's own is not found, or instruments the extension.",
  },
  // Found by the function, which is started in /var/task, and by nobody else.
  () => ({ variables: { NODE_OPTIONS: "--require ./customer.cjs" } }),
);

/** Nobody listens on the port of discard. */
const proxy = "http://127.0.0.1:9";

export const ignoresProxies: Check = disturbance(
  {
    id: "proxy",
    title: "Reaches the platform without the function's HTTP proxy",
    advice:
      "Do not use HTTP_PROXY and its like for AWS_LAMBDA_RUNTIME_API: the function's variables may name a proxy, which cannot reach the environment's own loopback.",
  },
  () => ({
    variables: {
      HTTP_PROXY: proxy,
      http_proxy: proxy,
      HTTPS_PROXY: proxy,
      https_proxy: proxy,
      ALL_PROXY: proxy,
      all_proxy: proxy,
    },
  }),
);
