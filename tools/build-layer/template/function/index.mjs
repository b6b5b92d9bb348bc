/** Any function: the extension runs beside it. */
export async function handler(event) {
  return { greeting: `hello, ${event.name ?? "world"}` };
}
