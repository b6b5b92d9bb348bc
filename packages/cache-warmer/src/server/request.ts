/** A request without a body; `hasBody` says that one was announced, which nobody will read. */
export interface Request {
  readonly method: string;
  /** The path, without slashes doubled or at its end. */
  readonly path: string;
  /** What follows the question mark, as it came. */
  readonly query: string;
  /** By lower-case name; several of one name joined by `, `. */
  readonly headers: ReadonlyMap<string, string>;
  /** Whether the connection stays open after the answer. */
  readonly keepAlive: boolean;
  readonly hasBody: boolean;
}

/** What the server answers. */
export interface Reply {
  readonly status: number;
  readonly contentType: "application/json" | "text/plain; charset=utf-8";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A reply of plain text. */
export function textReply(status: number, text: string, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, contentType: "text/plain; charset=utf-8", headers, body: Buffer.from(text) };
}
