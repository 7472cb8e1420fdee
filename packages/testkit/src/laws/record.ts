import type { Address } from "viem";
import { abs } from "../maths.js";
import { LAWS, type Law, type LawCheck, type LawId } from "./law.js";

/** One law over a whole run. */
export type LawFigure = Pick<Law, "statement" | "unit"> & {
  id: LawId;
  /** The figure furthest from what the law allows, WAD of `unit`. */
  worst: bigint;
  holds: boolean;
  checks: number;
};

/** Hedge drift of one vault over a whole run, WAD base. */
export type HedgeDrift = { largest: bigint; last: bigint };

/** Collects the checks of a run and keeps the worst figure of each law. */
export class LawRecord {
  readonly #figures = new Map<LawId, LawFigure>();
  readonly #drift = new Map<Address, HedgeDrift>();

  constructor() {
    for (const id of Object.keys(LAWS) as LawId[]) {
      const { statement, unit } = LAWS[id];
      this.#figures.set(id, { id, statement, worst: 0n, unit, holds: true, checks: 0 });
    }
  }

  add(...checks: readonly LawCheck[]): void {
    for (const { id, figure, holds, vault } of checks) {
      const law = this.#figures.get(id) as LawFigure;
      if (isWorse(law, figure)) law.worst = figure;
      law.checks++;
      law.holds &&= holds;
      if (vault === undefined) continue;
      const { largest } = this.drift(vault);
      this.#drift.set(vault, { largest: abs(figure) > largest ? abs(figure) : largest, last: figure });
    }
  }

  get figures(): LawFigure[] {
    return [...this.#figures.values()];
  }

  get broken(): LawFigure[] {
    return this.figures.filter(({ holds }) => !holds);
  }

  drift(vault: Address): HedgeDrift {
    return this.#drift.get(vault) ?? { largest: 0n, last: 0n };
  }
}

/** Surpluses are worst where they are smallest, all other figures where they are furthest from zero. */
function isWorse({ id, worst, checks }: LawFigure, figure: bigint): boolean {
  if (LAWS[id].kind === "notNegative") return checks === 0 || figure < worst;
  return abs(figure) > abs(worst);
}
