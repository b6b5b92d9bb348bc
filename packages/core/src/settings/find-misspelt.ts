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
 * Variables that are no setting and look like one, a line each: what they were meant to set keeps its default. A
 * warning and not a problem: the function may have such a variable itself, and a newer version such a setting.
 * It takes 0.1 ms: call it after the first `next`, or where there are problems already.
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
