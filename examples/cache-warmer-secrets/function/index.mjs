// Read while the module is loaded: the cache warmer listens before function code runs.
const database = JSON.parse(await readSecret(process.env.SECRET_NAME));

export async function handler() {
  // Never the password itself.
  return { statusCode: 200, body: JSON.stringify({ user: database.user, passwordLength: database.password.length }) };
}

async function readSecret(secretId) {
  const port = process.env.PARAMETERS_SECRETS_EXTENSION_HTTP_PORT ?? "2773";
  const answer = await fetch(`http://127.0.0.1:${port}/secretsmanager/get?${new URLSearchParams({ secretId })}`, {
    headers: { "X-Aws-Parameters-Secrets-Token": process.env.AWS_SESSION_TOKEN },
  });
  if (!answer.ok) throw new Error(`${secretId}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()).SecretString;
}
