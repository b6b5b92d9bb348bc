/** Which project a command runs, and what it changes of the template's settings. Files are as the user wrote them. */
export interface ProjectOptions {
  /** Undefined: the first template that is there. */
  readonly templateFile: string | undefined;
  /** Values of the template's Parameters. */
  readonly parameters: Readonly<Record<string, string>>;
  /** JSON in the format of `sam local --env-vars`. */
  readonly envVarsFile: string | undefined;
  /** Local folders or zip files in place of layers, by ARN (with or without version) or logical id. */
  readonly layerMappings: Readonly<Record<string, string>>;
  /** A command that speaks the Runtime API, in place of the emulator's client. */
  readonly bootstrap: readonly string[] | undefined;
  readonly timeoutSeconds: number | undefined;
  readonly region: string | undefined;
  readonly freeze: boolean;
  readonly cpuShare: boolean;
}
