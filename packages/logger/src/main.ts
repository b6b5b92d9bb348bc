import { bundleFolderName, runExtension, systemClock, writeErrorLine } from "@lambda-extension/core";
import { findMisspeltSettings, parseConfig } from "./config/parse-config.ts";
import { createDestination } from "./destinations/registry.ts";
import { createLogger, createUnconfiguredLogger } from "./logger.ts";
import { createOwnMessages } from "./own-messages.ts";

const { env } = process;

const host = { clock: systemClock, random: Math.random };

const messages = createOwnMessages({ prefix: `[${bundleFolderName()}] `, write: writeErrorLine });

const parsed = parseConfig(env);
const options =
  parsed.kind === "problems"
    ? createUnconfiguredLogger([...parsed.problems, ...parsed.warnings, ...findMisspeltSettings(env)], messages)
    : createLogger({
        config: parsed.settings,
        createDestination() {
          // Here and not at the start, where a look through the environment would cost 0.1 ms.
          for (const warning of [...parsed.warnings, ...findMisspeltSettings(env)]) messages.report(warning);
          return createDestination(parsed.settings.destination, host);
        },
        identity: {
          functionName: env["AWS_LAMBDA_FUNCTION_NAME"] ?? "unknown",
          functionVersion: env["AWS_LAMBDA_FUNCTION_VERSION"] ?? "$LATEST",
        },
        isManagedInstance: env["AWS_LAMBDA_INITIALIZATION_TYPE"] === "lambda-managed-instances",
        messages,
        host,
      });

void runExtension(options);
