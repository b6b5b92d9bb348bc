import type { Host, Output } from "../host/host.ts";

/** Colours for one stream: plain text if it is no terminal or NO_COLOR is set. */
export type Style = Readonly<Record<keyof typeof codes, (text: string) => string>>;

/** The terminal's codes: on, off. `util.styleText` decides by standard output alone, and this writes to stderr. */
const codes = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;

/** The style of an output. Source: https://no-color.org */
export function createStyle(output: Output, env: Host["env"]): Style {
  const isColoured = output.isTerminal && (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb";
  const paint =
    ([on, off]: readonly [number, number]) =>
    (text: string): string =>
      isColoured ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return {
    bold: paint(codes.bold),
    dim: paint(codes.dim),
    red: paint(codes.red),
    yellow: paint(codes.yellow),
    cyan: paint(codes.cyan),
  };
}
