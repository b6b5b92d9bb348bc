/** More than are on their way at a time, so that what comes again is among them. */
const remembered = { items: 16, bytes: 2 * 1024 * 1024 };

/**
 * Knows a delivery that comes again: the platform repeats one whose acknowledgement it did not get. The latest are
 * remembered, up to 16 and 2 MiB. Equal bytes are the same delivery, since every event in it has the millisecond it was
 * made in.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/telemetry-api.html
 */
export function createRepeatedDelivery(): (body: Buffer) => boolean {
  const latest: Buffer[] = [];
  let bytes = 0;
  return (body) => {
    if (latest.some((one) => one.equals(body))) return true;
    latest.push(body);
    bytes += body.length;
    while (latest.length > remembered.items || bytes > remembered.bytes) bytes -= latest.shift()?.length ?? 0;
    return false;
  };
}
