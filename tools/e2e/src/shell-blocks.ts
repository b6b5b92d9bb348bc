/** The commands of one ```sh block of a document. */
export interface ShellBlock {
  /** The heading above it, without its marks. */
  readonly section: string;
  /** The number of its first command's line, from 1. */
  readonly line: number;
  /** One for each line. A line that ends in a backslash continues in the next. */
  readonly commands: readonly string[];
}

/** Finds every ```sh block of a Markdown document, in order. Comments and empty lines are not commands. */
export function findShellBlocks(markdown: string): readonly ShellBlock[] {
  const blocks: ShellBlock[] = [];
  let section = "";
  let fence: { readonly language: string; readonly line: number; readonly lines: string[] } | undefined;
  for (const [index, line] of markdown.split(/\r?\n/).entries()) {
    const mark = /^ {0,3}```(\S*)/.exec(line);
    if (fence === undefined && mark !== null) {
      fence = { language: mark[1] ?? "", line: index + 2, lines: [] };
    } else if (fence !== undefined && mark !== null) {
      if (fence.language === "sh") blocks.push({ section, line: fence.line, commands: toCommands(fence.lines) });
      fence = undefined;
    } else if (fence !== undefined) {
      fence.lines.push(line);
    } else {
      section = /^#{1,6} +(.*?) *#*$/.exec(line)?.[1] ?? section;
    }
  }
  return blocks;
}

function toCommands(lines: readonly string[]): readonly string[] {
  const joined = lines
    .join("\n")
    .replaceAll("\\\n", "\\\n\0")
    .split(/\n(?!\0)/);
  return joined
    .map((command) => command.replaceAll("\0", "").trim())
    .filter((command) => command !== "" && !command.startsWith("#"));
}
