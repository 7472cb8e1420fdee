import type { Address } from "viem";

export type LawId = "L1" | "L2" | "L3" | "L4" | "L5" | "L6" | "H1";

/** How a law limits its figure: to zero, to rounding dust of less than one unit of the collateral, or to zero and above. */
export type LawKind = "zero" | "dust" | "notNegative";

export type Law = { statement: string; unit: "base" | "quote"; kind: LawKind };

/** The laws of docs/specification.md that a reader of the chain can check. */
export const LAWS: Readonly<Record<LawId, Law>> = {
  L1: { statement: "sizes sum to zero", unit: "base", kind: "zero" },
  L2: { statement: "market balance less value of all accounts, at any price: dust", unit: "quote", kind: "dust" },
  L3: { statement: "tokens in the Vault less what funds and markets are owed", unit: "quote", kind: "notNegative" },
  L4: { statement: "funding and borrowing paid less received: dust", unit: "quote", kind: "dust" },
  L5: { statement: "lowest margin of an account without a position", unit: "quote", kind: "notNegative" },
  L6: { statement: "margin above the requirement after each trade", unit: "quote", kind: "notNegative" },
  H1: { statement: "base held plus perpetual size, less net base of LPs", unit: "base", kind: "zero" },
};

/** The result of one check. `figure` is in WAD of the law's unit. */
export type LawCheck = {
  id: LawId;
  figure: bigint;
  holds: boolean;
  /** The hedged vault that an H1 check is about. */
  vault?: Address | undefined;
};

/** Applies a law to a figure. `unit`: WAD per smallest unit of the collateral, above which dust is not dust. */
export function checkLaw(id: LawId, figure: bigint, unit = 1n): LawCheck {
  return { id, figure, holds: isAllowed(LAWS[id].kind, figure, unit) };
}

function isAllowed(kind: LawKind, figure: bigint, unit: bigint): boolean {
  switch (kind) {
    case "zero":
      return figure === 0n;
    case "dust":
      return figure >= 0n && figure < unit;
    case "notNegative":
      return figure >= 0n;
  }
}
