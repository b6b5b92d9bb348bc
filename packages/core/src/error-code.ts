import { textOf } from "./json-object.ts";

/** The code of a system error, such as `ECONNREFUSED`; undefined for everything else that can be thrown. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? textOf(error.code) : undefined;
}
