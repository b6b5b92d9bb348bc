import type { QueryParameter } from "../sources/source.ts";

/**
 * A query's parameters in their order. Both `+` and `%20` are a space. A pair that does not decode is left out, as by
 * Go's `URL.Query()`. Source: https://pkg.go.dev/net/url#URL.Query
 */
export function parseQuery(query: string): readonly QueryParameter[] {
  return query.split("&").flatMap((pair) => {
    if (pair === "") return [];
    const equals = pair.indexOf("=");
    const name = decode(equals === -1 ? pair : pair.slice(0, equals));
    const value = decode(equals === -1 ? "" : pair.slice(equals + 1));
    return name === undefined || value === undefined ? [] : [{ name, value }];
  });
}

function decode(text: string): string | undefined {
  if (!/[%+]/.test(text)) return text;
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}
