import { didYouMean } from "./did-you-mean.ts";
import { namesOf } from "./read-settings.ts";
import type { SettingsSchema, Variables } from "./read-settings.ts";

/** Which variables belong to the extension. */
export interface OwnVariables {
  /** Others are not looked at. */
  readonly own: RegExp;
  /** Where to look up the name of a variable that is near no setting. Default: such a variable is not a mistake. */
  readonly lookUp?: string;
}

/**
 * One line for each variable that looks like a setting and is not one: the setting that was meant keeps its default.
 * Report it as a warning: such a variable may be the function's own, or a setting of a newer version.
 * Takes 0.1 ms: call it after the first `next`, or if there are problems already.
 */
export function findMisspelt(
  schema: SettingsSchema,
  variables: Variables,
  { own, lookUp }: OwnVariables,
): readonly string[] {
  const known = Object.values(schema).flatMap(namesOf);
  return Object.keys(variables)
    .filter((name) => own.test(name) && !known.includes(name))
    .flatMap((name) => {
      const meant = didYouMean(name, known);
      const advice = meant === undefined ? lookUp : `is ${meant} meant?`;
      return advice === undefined ? [] : [`${name}: no such setting; ${advice}`];
    });
}
