/** How something that executes in a span of time stands. `expired`: anybody may clear it, or have it returned. */
export type ExecutionStatus = "delayed" | "executable" | "expired";

/** How it stands at a time; seconds. */
export function executionStatusAt(
  time: bigint,
  { executableAt, expiresAt }: { executableAt: bigint; expiresAt: bigint },
): ExecutionStatus {
  if (time < executableAt) return "delayed";
  return time > expiresAt ? "expired" : "executable";
}
