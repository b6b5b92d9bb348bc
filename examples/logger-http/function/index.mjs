export async function handler(event) {
  console.log("received", JSON.stringify(event));
  console.error("this line goes the same way");
  return { statusCode: 200, body: JSON.stringify({ logged: 2 }) };
}
