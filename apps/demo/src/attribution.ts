import { oracleMakerAbi, spotHedgeQuoteMakerAbi, vaultAbi } from "@counterpoise/sdk/abis";
import { COLLATERAL_SCALE, WAD } from "@counterpoise/testkit";
import { type Address, type Hash, isAddressEqual, type Log, parseEventLogs } from "viem";

/** The change of a maker's value, by cause. Amounts WAD quote; above zero the LPs gain. */
export type Attribution = {
  /** Quote paid by takers in excess of the oracle price. */
  paidByTakers: bigint;
  /** Fee and price impact of hedges on the spot market, against the oracle price. Zero for a maker without a hedge. */
  hedges: bigint;
  /** Change of the value of open positions with the oracle price. Zero for a hedged vault. */
  inventory: bigint;
  funding: bigint;
  borrowing: bigint;
  /** Penalties of liquidations, shortfalls that insurance paid, and bonds of takers. */
  liquidations: bigint;
  /** Fees of keepers that rebalance. */
  keepers: bigint;
  /** Base that hedges did not buy back (H3), at the last price, less the quote that they did not spend on it. */
  lostBase: bigint;
  /** Sum of the above. */
  total: bigint;
  /** Change of the maker's assets less the flows of LPs, at the last price. */
  valueChange: bigint;
  /** `valueChange` less `total`. */
  unexplained: bigint;
  /**
   * Entry and exit fees that LPs left to the other LPs, at the last price. They raise the share price and change no assets,
   * so they are no part of the total.
   */
  lpFees: bigint;
};

type Record = {
  address: Address;
  size: bigint;
  /** Oracle price of the last fill. */
  mark: bigint;
  paidByTakers: bigint;
  /** Quote received by fills less quote paid. */
  perpQuote: bigint;
  /** Quote received by hedges less quote paid. */
  spotQuote: bigint;
  inventory: bigint;
  funding: bigint;
  borrowing: bigint;
  liquidations: bigint;
  keepers: bigint;
  /** Base that hedges did not buy back, and the quote that `SpotHedged` reports for it. */
  shortage: bigint;
  unspent: bigint;
  /** Deposits of LPs less withdrawals, in the asset's own decimals. */
  netDeposits: bigint;
  /** In the asset's own decimals. */
  lpFees: bigint;
  fills: number;
};

type MarginChange = { realizedPnl: bigint; funding: bigint; borrowing: bigint };

/** Attributes the changes of makers' values from the events of the Vault and of the makers. */
export class Attributions {
  readonly #vault: Address;
  readonly #records: readonly Record[];

  constructor(vault: Address, makers: readonly Address[]) {
    this.#vault = vault;
    this.#records = makers.map((address) => ({
      address,
      size: 0n,
      mark: 0n,
      paidByTakers: 0n,
      perpQuote: 0n,
      spotQuote: 0n,
      inventory: 0n,
      funding: 0n,
      borrowing: 0n,
      liquidations: 0n,
      keepers: 0n,
      shortage: 0n,
      unspent: 0n,
      netDeposits: 0n,
      lpFees: 0n,
      fills: 0,
    }));
  }

  /** Reads logs, in their order. */
  add(logs: readonly Log[]): void {
    const of = (contract: Address) => logs.filter(({ address }) => isAddressEqual(address, contract));
    const vaultLogs = of(this.#vault);
    this.#addVaultLogs(vaultLogs);
    const fills = parseEventLogs({ abi: vaultAbi, eventName: "PositionsChanged", logs: vaultLogs });
    const filledIn = new Set(fills.map(({ transactionHash }) => transactionHash));
    for (const record of this.#records) addMakerLogs(record, of(record.address), filledIn);
  }

  /** Deposits of LPs less withdrawals, in the asset's own decimals. */
  netDeposits(maker: Address): bigint {
    return this.#of(maker)?.netDeposits ?? 0n;
  }

  /** Base that hedges of a maker did not buy back (H3), WAD. */
  shortage(maker: Address): bigint {
    return this.#of(maker)?.shortage ?? 0n;
  }

  fills(maker: Address): number {
    return this.#of(maker)?.fills ?? 0;
  }

  /**
   * Returns a maker's attribution.
   *
   * @param state At the end: price (WAD), pending fees (WAD quote, owed above zero), change of the assets less flows (WAD
   * quote), whether the maker hedges, and whether its LPs deposit base.
   */
  result(
    maker: Address,
    state: {
      price: bigint;
      pendingFunding: bigint;
      pendingBorrowing: bigint;
      valueChange: bigint;
      isHedged: boolean;
      isInBase: boolean;
    },
  ): Attribution {
    const record = this.#of(maker) as Record;
    const { price, valueChange, isHedged, isInBase } = state;
    const parts = {
      paidByTakers: record.paidByTakers,
      // A hedged vault holds no net base, so that quote received less quote paid is its result at any price.
      hedges: isHedged ? record.perpQuote + record.spotQuote - record.paidByTakers : 0n,
      inventory: isHedged ? 0n : record.inventory + (record.size * (price - record.mark)) / WAD,
      funding: record.funding - state.pendingFunding,
      borrowing: record.borrowing - state.pendingBorrowing,
      liquidations: record.liquidations,
      keepers: record.keepers,
      lostBase: record.unspent - (record.shortage * price) / WAD,
    };
    const total = Object.values(parts).reduce((sum, part) => sum + part, 0n);
    const lpFees = isInBase ? (record.lpFees * price) / WAD : record.lpFees * COLLATERAL_SCALE;
    return { ...parts, total, valueChange, unexplained: valueChange - total, lpFees };
  }

  #of(maker: Address): Record | undefined {
    return this.#records.find(({ address }) => isAddressEqual(address, maker));
  }

  #addVaultLogs(logs: readonly Log[]): void {
    for (const event of parseEventLogs({ abi: vaultAbi, logs: [...logs] })) {
      const { eventName, args } = event;
      if (eventName === "PositionsChanged") {
        const { base, quote, price } = args;
        this.#change(args.taker, { base, quote, price, change: args.takerMargin, isFill: false });
        this.#change(args.maker, { base: -base, quote: -quote, price, change: args.makerMargin, isFill: true });
      } else if (eventName === "PenaltySettled") {
        this.#add(args.account, "liquidations", args.accountDelta);
        this.#add(args.liquidator, "liquidations", args.liquidatorDelta);
      } else if (eventName === "ShortfallCovered") {
        this.#add(args.account, "liquidations", args.amount);
      } else if (eventName === "BondPaid") {
        this.#add(args.maker, "liquidations", args.amountXCD * COLLATERAL_SCALE);
      }
    }
  }

  #add(account: Address, part: "liquidations", amount: bigint): void {
    const record = this.#of(account);
    if (record) record[part] += amount;
  }

  /** A fill of an account, from its own side. */
  #change(
    account: Address,
    fill: { base: bigint; quote: bigint; price: bigint; change: MarginChange; isFill: boolean },
  ): void {
    const record = this.#of(account);
    if (!record) return;
    const { base, quote, price, change, isFill } = fill;
    record.inventory += (record.size * (price - record.mark)) / WAD;
    record.mark = price;
    record.size += base;
    record.perpQuote += quote;
    record.paidByTakers += quote + (base * price) / WAD;
    record.funding -= change.funding;
    record.borrowing -= change.borrowing;
    if (isFill) record.fills++;
  }
}

/** The events of an LP vault, a hedged vault and a quote vault; the OracleMaker has the first ones only. */
const makerAbi = [...oracleMakerAbi, ...spotHedgeQuoteMakerAbi] as const;

/** @param filledIn Hashes of the transactions with a fill. */
function addMakerLogs(record: Record, logs: readonly Log[], filledIn: ReadonlySet<Hash | null>): void {
  const hedges = new Map(
    parseEventLogs({ abi: makerAbi, eventName: "SpotHedged", logs: [...logs] })
      .filter(({ transactionHash, args }) => filledIn.has(transactionHash) && args.base > 0n)
      .map(({ transactionHash, args: { base, spotQuote } }) => [
        transactionHash,
        { quoteOf: (part: bigint) => (spotQuote * part) / base },
      ]),
  );
  for (const { eventName, args, transactionHash } of parseEventLogs({
    abi: makerAbi,
    eventName: [
      "Deposited",
      "Withdrawn",
      "LpFeeKept",
      "SpotHedged",
      "Rebalanced",
      "Deleveraged",
      "HedgeShortage",
      "HedgeUnderfunded",
    ],
    logs: [...logs],
  })) {
    switch (eventName) {
      case "Deposited":
        record.netDeposits += args.underlying;
        break;
      case "Withdrawn":
        record.netDeposits -= args.underlying;
        break;
      case "LpFeeKept":
        record.lpFees += args.feeXCD;
        break;
      case "SpotHedged":
        record.spotQuote += args.base < 0n ? args.spotQuote : -args.spotQuote;
        break;
      case "Rebalanced":
      case "Deleveraged":
        record.keepers -= args.feeXCD * COLLATERAL_SCALE;
        break;
      case "HedgeShortage":
      case "HedgeUnderfunded":
        record.shortage += args.base;
        // The hedge of a fill reports the quote of the whole size, also of the base that it did not buy.
        if (eventName === "HedgeShortage") record.unspent += hedges.get(transactionHash)?.quoteOf(args.base) ?? 0n;
        break;
    }
  }
}
