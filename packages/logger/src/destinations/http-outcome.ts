import type { SendOutcome } from "./destination.ts";

/**
 * What an HTTP answer means for a batch. After 408, 429 and 5xx another try may help; 413 wants smaller batches; every
 * other refusal is final, and so is a redirect: following one could carry the headers' credentials to another host.
 * `retryAfter` is the header; `nowEpochMs` turns its date form into a wait.
 * Source: RFC 9110 §10.2.3, §15
 */
export function toOutcome(
  answer: { readonly status: number; readonly retryAfter?: string | undefined },
  nowEpochMs: number,
): SendOutcome {
  const { status } = answer;
  const cause = `status ${status}`;
  if (status >= 200 && status < 300) return { kind: "sent" };
  if (status === 413) return { kind: "split", cause };
  if (status === 408 || status === 429 || status >= 500) {
    const afterMs = parseRetryAfter(answer.retryAfter, nowEpochMs);
    return afterMs === undefined ? { kind: "retry", cause } : { kind: "retry", cause, afterMs };
  }
  return { kind: "drop", cause };
}

function parseRetryAfter(text: string | undefined, nowEpochMs: number): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const dateMs = Date.parse(text);
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowEpochMs);
}
