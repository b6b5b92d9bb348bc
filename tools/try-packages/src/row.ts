/** The versions of Node.js that Lambda has. */
export type NodeMajor = "20" | "22" | "24";

/** One package to try: a row of the table. */
export interface Row {
  readonly name: string;
  /** `uses/<use>.ts` uses the package for real, without a network, and throws if it cannot. Default: the name. */
  readonly use?: string;
  /** What the project of the use installs, pinned. The first packages are those that the row is about. */
  readonly packages: Readonly<Record<string, string>>;
  /** What else is installed, because the use or the package needs it. */
  readonly beside?: Readonly<Record<string, string>>;
  /** The settings in `lambdaExtension` without which the extension does not start. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Files of `uses/` that the project has too, by their place in it. */
  readonly files?: Readonly<Record<string, string>>;
  /** Arguments of `npm install`; without `--ignore-scripts=false` no install script runs. */
  readonly install?: readonly string[];
  /** A program of an installed package that runs before the build. */
  readonly generate?: readonly [program: string, ...args: string[]];
  /** What a reader must know, as Markdown. */
  readonly note?: string;
  /** What does not work, as known today. Default: the layer builds, and the package can be used on every Node.js. */
  readonly expected?: {
    /** The build refuses it, with this message. */
    readonly refused?: RegExp;
    /** The use fails on that Node.js, with this message. */
    readonly fails?: Readonly<Partial<Record<NodeMajor, RegExp>>>;
  };
}

/** What a trial of a row found. */
export type Trial =
  /** The build failed, with this message. */
  | { readonly kind: "refused"; readonly message: string }
  | {
      readonly kind: "built";
      /** The versions of Node.js that the package's own package.json asks for. */
      readonly engines: string | undefined;
      readonly bundleBytes: number;
      /** The whole layer, unpacked. */
      readonly layerBytes: number;
      /** True if the newest Node.js can use a layer that was built without the row's settings. */
      readonly isNeedless: boolean;
      /** For each Node.js what stopped the use; undefined where it worked. */
      readonly problems: Readonly<Partial<Record<NodeMajor, string | undefined>>>;
    };

/** Compares a trial with what the row expects. Returns one line for each difference. */
export function findDifferences({ expected = {} }: Row, trial: Trial): readonly string[] {
  if (trial.kind === "refused") {
    return expected.refused?.test(trial.message) === true
      ? []
      : [`the build was refused, expected ${expected.refused ?? "a layer"}: ${trial.message}`];
  }
  if (expected.refused !== undefined) return [`the layer was built, expected the message ${expected.refused}`];
  const needless = trial.isNeedless ? ["it works without the settings that the row says it needs"] : [];
  const differences = Object.entries(trial.problems).flatMap(([major, problem]) => {
    const wanted = expected.fails?.[major as NodeMajor];
    if (problem === undefined) return wanted === undefined ? [] : [`it works on Node.js ${major}, expected ${wanted}`];
    return wanted?.test(problem) === true ? [] : [`on Node.js ${major}, expected ${wanted ?? "a use"}: ${problem}`];
  });
  return [...needless, ...differences];
}
