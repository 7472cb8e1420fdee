/**
 * The exchange rejects an operation: the contracts revert with the error of this name. No state has changed. `values` has the
 * offending and the limiting value where the contracts report them.
 */
export class Rejection extends Error {
  override readonly name = "Rejection";
  constructor(
    /** Of the contracts, such as `InsufficientInitialMargin`. */
    readonly errorName: string,
    readonly values: Readonly<Record<string, bigint | string>> = {},
  ) {
    super(`${errorName}(${Object.entries(values).map(([key, value]) => `${key} ${value}`)})`);
  }
}

/** Returns the rejection of an action, or undefined when it succeeds. Other errors pass. */
export function rejectionOf(action: () => unknown): Rejection | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (error instanceof Rejection) return error;
    throw error;
  }
}
