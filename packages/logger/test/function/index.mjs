/**
 * Writes what the event says: `lines` as they are, or `count` numbered lines padded to `bytes`; `waitMs` before it
 * answers. Answers when everything is written: text that a process has not written at its end was never a line.
 */
export async function handler({ lines = [], count = 0, bytes = 0, waitMs = 0, mark = "" }) {
  const numbered = Array.from({ length: count }, (_unused, index) => `${mark}${index} `.padEnd(bytes, "x"));
  const text = [...lines, ...numbered].map((line) => `${line}\n`).join("");
  await new Promise((resolve) => process.stdout.write(text, resolve));
  await new Promise((resolve) => setTimeout(resolve, waitMs));
  return "answered";
}
