/**
 * Whether an order or request can be executed: `delayed` before `executableAt`, `executable` until `expiresAt`, `expired`
 * afterwards. Any account may remove an expired order, or have an expired request returned.
 */
export type ExecutionStatus = "delayed" | "executable" | "expired";

/** The status at a time; seconds. */
export function executionStatusAt(
  time: bigint,
  { executableAt, expiresAt }: { executableAt: bigint; expiresAt: bigint },
): ExecutionStatus {
  if (time < executableAt) return "delayed";
  return time > expiresAt ? "expired" : "executable";
}
