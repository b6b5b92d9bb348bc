import { get } from "node:http";

/** Under SnapStart there is no session token at import time: the keys must not be in the snapshot. */
const token = process.env.AWS_SESSION_TOKEN ?? process.env.AWS_CONTAINER_AUTHORIZATION_TOKEN;

/** Reads a path from the cache warmer. Returns the status with the cause, the value or the body. */
function read(path) {
  const options = {
    port: process.env.PARAMETERS_SECRETS_EXTENSION_HTTP_PORT,
    path,
    headers: { "X-Aws-Parameters-Secrets-Token": token },
  };
  return new Promise((resolve) => {
    get(options, (response) => {
      let body = "";
      response.on("data", (chunk) => (body += chunk));
      response.on("end", () => {
        const cause = response.headers["x-warmer-error"];
        resolve(
          `${response.statusCode} ${cause ?? (response.statusCode === 200 ? (JSON.parse(body).Parameter?.Value ?? JSON.parse(body).SecretString) : body)}`,
        );
      });
    }).on("error", (error) => resolve(error.code));
  });
}

/** At import time: what a Python function does at the top of its module. */
const atImport = await read(process.env.READ_AT_IMPORT ?? "/systemsmanager/parameters/get?name=/greeting");

export async function handler({ paths = [] }) {
  return { atImport, now: await Promise.all(paths.map(read)) };
}
