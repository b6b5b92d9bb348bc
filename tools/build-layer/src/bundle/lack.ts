/** Something that the program needs at run time, if it uses that part, and that the bundle does not hold. */
export interface Lack {
  /** The package whose code needs it; undefined for the project's own code. */
  readonly packageName: string | undefined;
  /** `place: expected …, got …`. */
  readonly text: string;
  /** What helps, if the code is the project's own. */
  readonly advice: string;
}

/** Returns one line for each package, and for each place in the project's own code. */
export function toWarnings(lacks: readonly Lack[]): readonly string[] {
  const own = lacks.filter(({ packageName }) => packageName === undefined);
  const names = new Set(lacks.flatMap(({ packageName }) => packageName ?? []));
  return [
    ...own.map(({ text, advice }) => `${text}: ${advice}`),
    ...[...names].map((name) => {
      const [first, ...others] = lacks.filter(({ packageName }) => packageName === name);
      const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
      return `${first?.text}${more}: if the program uses it, add "${name}" to lambdaExtension.external`;
    }),
  ];
}

/** `@scope/name` or `name`, if a file is in node_modules. */
export function packageOf(file: string | undefined): string | undefined {
  return /^.*(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file ?? "")?.[1];
}
