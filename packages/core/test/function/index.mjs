/** Writes what the event says, and answers with it. */
export async function handler(event) {
  if (event.log !== undefined) console.log(event.log);
  if (event.fetch !== undefined) return (await fetch(event.fetch)).status;
  return event;
}
