import type { Wish } from "./inbox.ts";

/** A line each, so that Ctrl-C stays the terminal's own and input may come from a pipe. */
const wishes: Readonly<Record<string, Wish>> = { "": "invoke", i: "invoke", r: "restart", q: "quit" };

/** Reads what the user asks for, a line each, until the input ends. Errors: none; an input that breaks has ended. */
export async function readWishes(
  stdin: AsyncIterable<Uint8Array>,
  told: { readonly onWish: (wish: Wish) => void; readonly onUnknown: (word: string) => void },
): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for await (const chunk of stdin) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r?\n/);
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const word = line.trim().toLowerCase();
        const wish = Object.hasOwn(wishes, word) ? wishes[word] : undefined;
        if (wish === undefined) told.onUnknown(word);
        else told.onWish(wish);
      }
    }
  } catch {
    // A terminal that was closed: the function is still watched until a signal comes.
  }
}
