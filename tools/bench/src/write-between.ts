/**
 * Replaces what stands between `<!-- name:start -->` and `<!-- name:end -->` and keeps the rest.
 * Errors: throws where the document lacks the markers.
 */
export function writeBetween(document: string, name: string, content: string): string {
  const [start, end] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`];
  const from = document.indexOf(start);
  const to = document.indexOf(end);
  if (from < 0 || to < from) throw new Error(`the document has no ${start} … ${end}`);
  return `${document.slice(0, from + start.length)}\n${content.trim()}\n${document.slice(to)}`;
}
