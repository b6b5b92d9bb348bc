/** One row of the chart. Units: milliseconds. */
export interface Bar {
  readonly name: string;
  /** `undefined` if the contestant does not register. */
  readonly register: number | undefined;
  readonly next: number;
}

const row = 44;
const left = 330;
const width = 900;

/**
 * A bar chart as a self-contained SVG: when each contestant registered, and when it first called `next`. Follows the
 * reader's colour scheme.
 */
export function startUpChart(bars: readonly Bar[], caption: string): string {
  const longest = Math.max(...bars.map((bar) => bar.next));
  const x = (ms: number) => Math.round(((width - left - 90) * ms) / longest);
  const height = 70 + bars.length * row;
  const rows = bars.map((bar, index) => {
    const y = 58 + index * row;
    const registered =
      bar.register === undefined
        ? ""
        : `<rect class="register" x="${left}" y="${y}" width="${Math.max(2, x(bar.register))}" height="12" rx="2"/>` +
          `<text class="figure" x="${left + Math.max(2, x(bar.register)) + 6}" y="${y + 10}">${bar.register.toFixed(1)}</text>`;
    return (
      `<text x="${left - 12}" y="${y + 18}" text-anchor="end">${escape(bar.name)}</text>${registered}` +
      `<rect class="next" x="${left}" y="${y + 15}" width="${x(bar.next)}" height="12" rx="2"/>` +
      `<text class="figure" x="${left + x(bar.next) + 6}" y="${y + 25}">${bar.next.toFixed(1)}</text>`
    );
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(caption)}">
<style>
text{font:14px system-ui,sans-serif;fill:#1f2328}.figure{font-size:11px;fill:#59636e}.register{fill:#1a7f37}.next{fill:#8c959f}
@media(prefers-color-scheme:dark){text{fill:#f0f6fc}.figure{fill:#9198a1}.register{fill:#3fb950}.next{fill:#656c76}}
</style>
<text x="${left}" y="20">${escape(caption)}</text>
<rect class="register" x="${left}" y="32" width="10" height="10" rx="2"/><text class="figure" x="${left + 16}" y="41">registered: the function's init may start</text>
<rect class="next" x="${left + 270}" y="32" width="10" height="10" rx="2"/><text class="figure" x="${left + 286}" y="41">first next: ready</text>
${rows.join("\n")}
</svg>
`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
