import type { ExtensionOptions } from "./extension-options.ts";
import type { ExtensionsApi } from "./extensions-api.ts";
import type { Host } from "./host.ts";

/** What the life cycle is made of. */
export interface LifeCycleParts {
  readonly options: ExtensionOptions;
  readonly host: Host;
  readonly api: ExtensionsApi;
  readonly name: string;
  /** The answer to the launcher's registration, where it registered. */
  readonly launcherRegistration?: { readonly identifier: string; readonly answer: string } | undefined;
  readonly report: (message: string) => void;
}
