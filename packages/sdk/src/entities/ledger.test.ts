import { type Address, encodeAbiParameters, encodeEventTopics, type Hex, type Log, parseUnits } from "viem";
import { beforeEach, describe, expect, test } from "vitest";
import { deployment, taker } from "../../test/fixtures.js";
import { vaultAbi } from "../generated/abis.js";
import {
  applyEvent,
  emptyLedger,
  escrowIn,
  fundIn,
  type Ledger,
  positionIn,
  replayVaultLogs,
  type VaultEvent,
} from "../index.js";

const WAD = 10n ** 18n;
const marketId = 1n;
const maker = deployment.oracleMaker;
const usd = (amount: string) => parseUnits(amount, 6);

let ledger: Ledger;
beforeEach(() => {
  ledger = emptyLedger({ collateralDecimals: 6 });
});

const apply = (...events: VaultEvent[]) => {
  for (const event of events) applyEvent(ledger, event);
};
const market = () => ledger.markets.get(marketId);

describe("applyEvent", () => {
  test("default: an empty ledger", () => {
    expect(fundIn(ledger, taker)).toBe(0n);
    expect(positionIn(ledger, marketId, taker)).toEqual({ size: 0n, openNotional: 0n, margin: 0n });
    expect(ledger.assetScale).toBe(10n ** 12n);
  });

  test("behavior: funds", () => {
    apply(
      { eventName: "Deposited", args: { account: taker, payer: maker, amountXCD: usd("100") } },
      { eventName: "Withdrawn", args: { account: taker, to: maker, amountXCD: usd("30") } },
      { eventName: "FundToMargin", args: { marketId, account: taker, amountXCD: usd("50") } },
      { eventName: "MarginToFund", args: { marketId, account: taker, amountXCD: usd("5") } },
      { eventName: "InsuranceDonated", args: { marketId, donor: taker, amountXCD: usd("7") } },
      { eventName: "RelayFeePaid", args: { account: taker, receiver: maker, amountXCD: usd("3") } },
    );
    expect(fundIn(ledger, taker)).toBe(usd("15"));
    expect(fundIn(ledger, maker)).toBe(usd("3"));
    expect(positionIn(ledger, marketId, taker).margin).toBe(45n * WAD);
    expect(market()).toMatchObject({ balance: usd("52"), insurance: 7n * WAD });
  });

  test("behavior: bonds of orders", () => {
    const gateway = deployment.orderGateway;
    apply(
      { eventName: "Deposited", args: { account: taker, payer: taker, amountXCD: usd("100") } },
      { eventName: "EscrowFilled", args: { account: taker, gateway, amountXCD: usd("30") } },
      { eventName: "BondPaid", args: { marketId, account: taker, maker, gateway, amountXCD: usd("10") } },
      { eventName: "EscrowWithdrawn", args: { account: taker, gateway, amountXCD: usd("5") } },
    );
    expect(fundIn(ledger, taker)).toBe(usd("75"));
    expect(escrowIn(ledger, taker, gateway)).toBe(usd("15"));
    expect(positionIn(ledger, marketId, maker).margin).toBe(10n * WAD);
    expect(market()?.balance).toBe(usd("10"));
    expect(escrowIn(ledger, maker, gateway)).toBe(0n);
  });

  test("behavior: collateral of LPs and hedges", () => {
    apply(
      { eventName: "MarginReceived", args: { marketId, account: maker, amountXCD: usd("100") } },
      { eventName: "MarginPaidOut", args: { marketId, account: maker, to: taker, amountXCD: usd("40") } },
    );
    expect(positionIn(ledger, marketId, maker).margin).toBe(60n * WAD);
    expect(market()?.balance).toBe(usd("60"));
    expect(fundIn(ledger, maker)).toBe(0n);
  });

  const none = { realizedPnl: 0n, funding: 0n, borrowing: 0n };
  type MarginChange = typeof none;
  const fill = (base: bigint, quote: bigint, takerMargin: MarginChange, makerMargin: MarginChange): VaultEvent => ({
    eventName: "PositionsChanged",
    args: { marketId, taker, maker, base, quote, price: 2_000n * WAD, takerMargin, makerMargin },
  });

  test("behavior: a fill, both sides", () => {
    apply(fill(2n * WAD, -4_000n * WAD, none, none));
    expect(positionIn(ledger, marketId, taker)).toEqual({ size: 2n * WAD, openNotional: -4_000n * WAD, margin: 0n });
    expect(positionIn(ledger, marketId, maker)).toEqual({ size: -2n * WAD, openNotional: 4_000n * WAD, margin: 0n });
    // Half of it closes 100 higher.
    apply(fill(-WAD, 2_100n * WAD, { ...none, realizedPnl: 100n * WAD }, { ...none, realizedPnl: -100n * WAD }));
    expect(positionIn(ledger, marketId, taker)).toEqual({
      size: WAD,
      openNotional: -2_000n * WAD,
      margin: 100n * WAD,
    });
    expect(positionIn(ledger, marketId, maker)).toEqual({
      size: -WAD,
      openNotional: 2_000n * WAD,
      margin: -100n * WAD,
    });
  });

  test("behavior: fees", () => {
    apply(
      fill(0n, 0n, { realizedPnl: 0n, funding: 3n, borrowing: 2n }, { realizedPnl: 0n, funding: -3n, borrowing: -1n }),
      { eventName: "TradingFeePaid", args: { marketId, taker, amount: 10n } },
    );
    expect(positionIn(ledger, marketId, taker).margin).toBe(-15n);
    expect(positionIn(ledger, marketId, maker).margin).toBe(4n);
    expect(market()?.insurance).toBe(10n);
  });

  test("behavior: penalties and shortfalls", () => {
    apply(
      {
        eventName: "PenaltySettled",
        args: { marketId, account: taker, liquidator: maker, accountDelta: -50n, liquidatorDelta: 20n },
      },
      { eventName: "ShortfallCovered", args: { marketId, account: taker, amount: 50n, insurance: -20n } },
    );
    expect(positionIn(ledger, marketId, taker).margin).toBe(0n);
    expect(positionIn(ledger, marketId, maker).margin).toBe(20n);
    expect(market()?.insurance).toBe(-20n);
  });

  test("behavior: settings do not change the ledger", () => {
    apply(
      { eventName: "OperatorSet", args: { account: taker, operator: maker, approved: true } },
      { eventName: "BorrowingSet", args: { marketId, maxRate: 5 } },
      { eventName: "AccrualFrozen", args: { marketId, frozen: true } },
    );
    expect(ledger).toEqual(emptyLedger({ collateralDecimals: 6 }));
  });

  test("behavior: markets are apart", () => {
    apply({ eventName: "FundToMargin", args: { marketId: 2n, account: taker, amountXCD: 1n } });
    expect(positionIn(ledger, 1n, taker).margin).toBe(0n);
    expect(positionIn(ledger, 2n, taker).margin).toBe(10n ** 12n);
  });
});

test("behavior: every event of the Vault either moves amounts or is a setting", () => {
  const moving = [
    "BondPaid",
    "Deposited",
    "EscrowFilled",
    "EscrowWithdrawn",
    "FundToMargin",
    "InsuranceDonated",
    "MarginPaidOut",
    "MarginReceived",
    "MarginToFund",
    "PenaltySettled",
    "PositionsChanged",
    "RelayFeePaid",
    "ShortfallCovered",
    "TradingFeePaid",
    "Withdrawn",
  ];
  const settings = [
    "AccrualFrozen",
    "BorrowingSet",
    "CapacitySet",
    "DepositCapSet",
    "EIP712DomainChanged",
    "FundingSet",
    "MarginRatiosSet",
    "OperatorSet",
  ];
  const events = vaultAbi.flatMap((item) => (item.type === "event" ? [item.name] : []));
  expect(events.sort()).toEqual([...moving, ...settings].sort());
});

describe("replayVaultLogs", () => {
  const deposited = (address: Address, amountXCD: bigint): Log => ({
    address,
    topics: encodeEventTopics({
      abi: vaultAbi,
      eventName: "Deposited",
      args: { account: taker, payer: taker },
    }) as [Hex, ...Hex[]],
    data: encodeAbiParameters([{ type: "uint256" }], [amountXCD]),
    blockHash: `0x${"ab".repeat(32)}`,
    blockNumber: 1n,
    blockTimestamp: 1n,
    logIndex: 0,
    removed: false,
    transactionHash: `0x${"ab".repeat(32)}`,
    transactionIndex: 0,
  });

  test("default: the Vault's logs only", () => {
    const replayed = replayVaultLogs({
      vault: deployment.vault.toLowerCase() as Address,
      collateralDecimals: 6,
      logs: [deposited(deployment.vault, 5n), deposited(maker, 100n), deposited(deployment.vault, 6n)],
    });
    expect(fundIn(replayed, taker)).toBe(11n);
  });
});
