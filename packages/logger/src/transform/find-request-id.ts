import { parseJsonObject } from "@lambda-extension/core";

const uuid = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
const wholeId = new RegExp(`^${uuid}$`);

/** What AWS's runtimes put before a line, with tabs. Node: time, id, level. Python: level in brackets, time, id. */
const prefix = new RegExp(`^(?:\\[[A-Z]+\\]\\t)?\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z\\t(${uuid})\\t`);

/** The names that AWS's runtimes and Powertools give the id in JSON lines. */
const idNames = ["requestId", "AWSRequestId", "function_request_id"] as const;

/** True for a JSON line that may hold an id: most lines need no parsing. */
const mayTellId = new RegExp(`^\\{.*"(?:${idNames.join("|")})"`, "s");

/**
 * The request id in a function's line, if it is where AWS's runtimes write it; else undefined: a UUID elsewhere in a
 * text may be any other id.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
 */
export function findRequestId(record: string | { readonly [key: string]: unknown }): string | undefined {
  if (typeof record !== "string") return idOf(record);
  // A platform may deliver a JSON line as text: schema 2022-07-01 does, and AWS's emulator of Managed Instances.
  if (mayTellId.test(record)) return idOf(parseJsonObject(record) ?? {});
  return prefix.exec(record)?.[1];
}

function idOf(record: { readonly [key: string]: unknown }): string | undefined {
  for (const name of idNames) {
    const id = record[name];
    if (typeof id === "string" && wholeId.test(id)) return id;
  }
  return undefined;
}
