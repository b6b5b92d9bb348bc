// Read while the module is loaded: the cache warmer listens before function code runs.
const greeting = await readParameter(process.env.GREETING_PARAMETER);

export async function handler() {
  console.log(`the greeting is ${greeting}`);
  return { statusCode: 200, body: JSON.stringify({ greeting }) };
}

async function readParameter(name) {
  const port = process.env.PARAMETERS_SECRETS_EXTENSION_HTTP_PORT ?? "2773";
  const query = new URLSearchParams({ name, withDecryption: "true" });
  const answer = await fetch(`http://127.0.0.1:${port}/systemsmanager/parameters/get?${query}`, {
    headers: { "X-Aws-Parameters-Secrets-Token": process.env.AWS_SESSION_TOKEN },
  });
  if (!answer.ok) throw new Error(`${name}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()).Parameter.Value;
}
