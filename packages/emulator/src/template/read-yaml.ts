import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import type { Alias, Document, Node } from "yaml";
import type { Value } from "./value.ts";

/** A mistake in the text. Units: `line` and `column` count from 1. */
export interface TextProblem {
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

/** What a text says, or every problem that keeps it from being read. */
export type Read<T> =
  | { readonly kind: "value"; readonly value: T }
  | { readonly kind: "problems"; readonly problems: readonly TextProblem[] };

/** Deeper than any real template; with this bound, no text exhausts the stack. */
const maxDepth = 200;
/** The first few are enough; a broken file repeats them by the hundred. */
const maxProblems = 5;
/** Aliases can multiply a small text into gigabytes. */
const maxNodes = 200_000;

/**
 * Reads YAML 1.1, the version CloudFormation takes, and writes its short forms (`!Ref x`) as long ones (`{Ref: x}`).
 * Errors: none; it returns problems with their places.
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
 */
export function readYaml(text: string): Read<Value> {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { version: "1.1", lineCounter });
  if (document.errors.length > 0) {
    const problems = document.errors.slice(0, maxProblems).map((error) => ({
      message: (error.message.split("\n")[0] ?? "").replace(/ at line \d+, column \d+:?$/, ""),
      line: error.linePos?.[0].line ?? 1,
      column: error.linePos?.[0].col ?? 1,
    }));
    return { kind: "problems", problems };
  }
  try {
    return { kind: "value", value: readNode(document.contents, { document, targets: new Map(), nodes: 0 }, 0) };
  } catch (error) {
    if (!(error instanceof ReadFailure)) throw error;
    const { line, col } = lineCounter.linePos(error.offset);
    return { kind: "problems", problems: [{ message: error.message, line, column: col }] };
  }
}

class ReadFailure extends Error {
  readonly offset: number;
  constructor(message: string, node: Node | null) {
    super(message);
    this.offset = node?.range?.[0] ?? 0;
  }
}

interface Reading {
  readonly document: Document;
  /** The targets of aliases, kept because each lookup walks the whole document. */
  readonly targets: Map<Alias, Node>;
  nodes: number;
}

function readNode(node: Node | null, reading: Reading, depth: number): Value {
  if (depth > maxDepth) throw new ReadFailure(`nested deeper than ${maxDepth} levels`, node);
  if (++reading.nodes > maxNodes) throw new ReadFailure(`more than ${maxNodes} values, counting aliases`, node);
  if (isAlias(node)) {
    const target = reading.targets.get(node) ?? node.resolve(reading.document);
    if (target !== undefined) reading.targets.set(node, target);
    else throw new ReadFailure(`nothing is anchored as &${node.source}`, node);
    return readNode(target, reading, depth + 1);
  }
  const value = readUntagged(node, reading, depth);
  const tag = node?.tag;
  return tag?.startsWith("!") === true && tag.length > 1 ? toLongForm(tag.slice(1), value) : value;
}

function readUntagged(node: Node | null, reading: Reading, depth: number): Value {
  if (isMap(node)) {
    const entries: (readonly [string, Value])[] = [];
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? (key.source ?? String(key.value)) : undefined;
      if (name === undefined) throw new ReadFailure("expected a plain key", (key as Node | null) ?? node);
      const read = readNode(value as Node | null, reading, depth + 1);
      if (name === "<<") entries.unshift(...mergedEntries(read));
      else entries.push([name, read]);
    }
    return Object.fromEntries(entries);
  }
  if (isSeq(node)) return node.items.map((item) => readNode(item as Node | null, reading, depth + 1));
  if (!isScalar(node)) return null;
  const { value } = node;
  if (typeof value === "string" || typeof value === "boolean" || value === null) return value;
  // Kept as written: integers beyond doubles, and `.` (`CodeUri: .`), which the parser takes for a YAML 1.1 float.
  if (typeof value === "number" && (Number.isSafeInteger(value) || !(Number.isInteger(value) || Number.isNaN(value)))) {
    return value;
  }
  // Dates and binary values too: CloudFormation hands them on as text.
  return sourceOf(node);
}

function sourceOf(node: { readonly source?: string; readonly value: unknown }): string {
  return node.source ?? String(node.value);
}

/** The entries of `<<: *anchor` or of a list of anchors. Earlier anchors win, and the map's own keys over all. */
function mergedEntries(value: Value): (readonly [string, Value])[] {
  if (typeof value !== "object" || value === null) return [];
  return Array.isArray(value) ? (value as readonly Value[]).toReversed().flatMap(mergedEntries) : Object.entries(value);
}

/** `!Ref x` → `{Ref: x}`, `!GetAtt a.b` → `{Fn::GetAtt: [a, b]}`, `!Sub …` → `{Fn::Sub: …}`. */
function toLongForm(name: string, value: Value): Value {
  if (name === "Ref" || name === "Condition") return { [name]: value };
  if (name === "GetAtt" && typeof value === "string") {
    const dot = value.indexOf(".");
    return { "Fn::GetAtt": dot < 0 ? [value] : [value.slice(0, dot), value.slice(dot + 1)] };
  }
  return { [`Fn::${name}`]: value };
}
