import {
  type Abi,
  decodeFunctionData,
  encodeAbiParameters,
  encodeFunctionResult,
  type Hex,
  parseAbi,
  verifyTypedData,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { describe, expect, test } from "vitest";
import {
  backstopAbi,
  clearingHouseAbi,
  exchangeLensAbi,
  lpRequestVaultAbi,
  oracleMakerAbi,
  pythOracleAbi,
  vaultAbi,
} from "../src/generated/abis.js";
import {
  accrue,
  announceSettlement,
  counterpoiseAdmin,
  counterpoiseReads,
  counterpoiseWrites,
  deleverage,
  depositWithPermit,
  donateInsurance,
  type Feed,
  flagShortfall,
  getMaker,
  getTrader,
  liquidate,
  type MarketRules,
  marketStatuses,
  marketStatusId,
  marketStatusOf,
  multicallVault,
  setOperatorBySig,
  settleAccount,
  settleMarket,
  signSetOperator,
} from "../src/index.js";
import { clientWith, recording, type Transaction } from "./clients.js";
import { deployment, taker } from "./fixtures.js";

const other = deployment.base;
const zero = "0x0000000000000000000000000000000000000000";
const MAX = 2n ** 256n - 1n;

/** What an action sends: to whom, and which function with which arguments. */
async function sentBy(abi: Abi, action: (client: ReturnType<typeof recording>["client"]) => Promise<unknown>) {
  const { client, sent } = recording();
  await action(client);
  expect(sent).toHaveLength(1);
  const { to, data } = sent[0] as Transaction;
  return { to, ...decodeFunctionData({ abi, data }) };
}

describe("solvency", () => {
  test("default: liquidate takes over as much as may be closed", async () => {
    expect(await sentBy(clearingHouseAbi, (client) => liquidate(client, { deployment, account: other }))).toEqual({
      to: deployment.clearingHouse,
      functionName: "liquidate",
      args: [
        { marketId: 1n, account: other, liquidator: taker, maker: zero, amount: MAX, minReward: 0n, priceBound: 0n },
      ],
    });
  });

  test("behavior: liquidate with everything said", async () => {
    const parameters = {
      account: other,
      maker: deployment.oracleMaker,
      liquidator: deployment.vault,
      amount: 1n,
      minReward: 2n,
      priceBound: 3n,
    };
    const { args } = await sentBy(clearingHouseAbi, (client) => liquidate(client, { deployment, ...parameters }));
    expect(args).toEqual([{ marketId: 1n, ...parameters }]);
  });

  test.each([
    ["deleverage", deleverage, [1n, other, []]],
    ["flagShortfall", flagShortfall, [1n, other]],
    ["settleAccount", settleAccount, [1n, other]],
  ] as const)("default: %s", async (functionName, action, args) => {
    expect(await sentBy(backstopAbi, (client) => action(client, { deployment, account: other }))).toEqual({
      to: deployment.backstop,
      functionName,
      args,
    });
  });

  test.each([
    ["announceSettlement", announceSettlement],
    ["settleMarket", settleMarket],
  ] as const)("default: %s", async (functionName, action) => {
    expect(await sentBy(backstopAbi, (client) => action(client, { deployment }))).toEqual({
      to: deployment.backstop,
      functionName,
      args: [1n],
    });
  });

  test("default: accrue", async () => {
    expect(await sentBy(clearingHouseAbi, (client) => accrue(client, { deployment }))).toEqual({
      to: deployment.clearingHouse,
      functionName: "accrue",
      args: [1n],
    });
  });
});

describe("funds", () => {
  const signer = privateKeyToAccount(`0x${"11".repeat(32)}`);
  const tokenAbi = parseAbi([
    "function name() view returns (string)",
    "function nonces(address) view returns (uint256)",
  ]);

  /** A node that knows the collateral's name and the signer's nonce, which is 7 everywhere. */
  function signing() {
    const estimated: Hex[] = [];
    const { client } = recording({
      eth_estimateGas: ([call]) => {
        estimated.push((call as { data: Hex }).data);
        return "0x64";
      },
      eth_gasPrice: () => "0x1",
      eth_call: ([call]) =>
        (call as { data: Hex }).data.startsWith("0x06fdde03")
          ? encodeFunctionResult({ abi: tokenAbi, functionName: "name", result: "USD Coin" })
          : encodeAbiParameters([{ type: "uint256" }], [7n]),
      eth_getBlockByNumber: () => ({ number: "0x1", timestamp: "0x64", transactions: [] }),
      eth_getTransactionCount: () => "0x0",
      eth_maxPriorityFeePerGas: () => "0x1",
      eth_sendRawTransaction: () => `0x${"ab".repeat(32)}`,
    });
    return { client: { ...client, account: signer }, estimated };
  }

  test("default: signSetOperator", async () => {
    const { client } = signing();
    const signed = await signSetOperator(client, { deployment, approved: true });
    expect(signed).toMatchObject({
      account: signer.address,
      operator: deployment.orderGateway,
      approved: true,
      deadline: 3_700n,
    });
    const { signature, ...message } = signed;
    const typed = {
      address: signer.address,
      domain: { name: "Counterpoise Vault", version: "1", chainId: 31_337, verifyingContract: deployment.vault },
      types: {
        SetOperator: [
          { name: "account", type: "address" },
          { name: "operator", type: "address" },
          { name: "approved", type: "bool" },
          { name: "nonce", type: "uint256" },
          { name: "deadline", type: "uint256" },
        ],
      },
      primaryType: "SetOperator",
      signature,
    } as const;
    expect(await verifyTypedData({ ...typed, message: { ...message, nonce: 7n } })).toBe(true);
    expect(await verifyTypedData({ ...typed, message: { ...message, nonce: 8n } })).toBe(false);
  });

  test("default: setOperatorBySig", async () => {
    const signed = { account: other, operator: taker, approved: false, deadline: 5n, signature: "0x1234" } as const;
    expect(await sentBy(vaultAbi, (client) => setOperatorBySig(client, { deployment, ...signed }))).toEqual({
      to: deployment.vault,
      functionName: "setOperatorBySig",
      args: [other, taker, false, 5n, "0x1234"],
    });
  });

  test("default: depositWithPermit signs for the Vault", async () => {
    const { client, estimated } = signing();
    await depositWithPermit(client, { deployment, amount: 9n, deadline: 50n });
    const { functionName, args } = decodeFunctionData({ abi: vaultAbi, data: estimated[0] as Hex });
    expect(functionName).toBe("depositWithPermit");
    const [account, amount, deadline, v, r, s] = args as [string, bigint, bigint, number, Hex, Hex];
    expect([account, amount, deadline]).toEqual([signer.address, 9n, 50n]);
    const signature = `${r}${s.slice(2)}${v.toString(16)}` as Hex;
    const isValid = await verifyTypedData({
      address: signer.address,
      domain: { name: "USD Coin", version: "1", chainId: 31_337, verifyingContract: deployment.collateral },
      types: {
        Permit: [
          { name: "owner", type: "address" },
          { name: "spender", type: "address" },
          { name: "value", type: "uint256" },
          { name: "nonce", type: "uint256" },
          { name: "deadline", type: "uint256" },
        ],
      },
      primaryType: "Permit",
      message: { owner: signer.address, spender: deployment.vault, value: 9n, nonce: 7n, deadline: 50n },
      signature,
    });
    expect(isValid).toBe(true);
  });

  test("default: donateInsurance", async () => {
    expect(await sentBy(vaultAbi, (client) => donateInsurance(client, { deployment, amount: 4n }))).toEqual({
      to: deployment.vault,
      functionName: "donate",
      args: [1n, 4n],
    });
  });

  test("default: multicallVault", async () => {
    const { functionName, args } = await sentBy(vaultAbi, (client) =>
      multicallVault(client, {
        deployment,
        calls: [
          { functionName: "deposit", args: [taker, 5n] },
          { functionName: "transferFundToMargin", args: [1n, taker, 5n] },
        ],
      }),
    );
    expect(functionName).toBe("multicall");
    const [datas] = args as [Hex[]];
    expect(datas.map((data) => decodeFunctionData({ abi: vaultAbi, data }))).toEqual([
      { functionName: "deposit", args: [taker, 5n] },
      { functionName: "transferFundToMargin", args: [1n, taker, 5n] },
    ]);
  });
});

describe("admin", () => {
  const rules: MarketRules = {
    priceBand: 50_000,
    tradingFee: 200,
    liquidationPenalty: 25_000,
    liquidatorShare: 500_000,
    minPositionValue: 10n,
    liquidationBounty: 5n,
    deleverageWindow: 3_600,
    settlementDelay: 259_200,
  };

  test.each([
    ["setMarketStatus", { status: "paused" }, [1n, 3]],
    ["setSystemStatus", { status: "reduceOnly" }, [2]],
    ["setRules", { rules }, [1n, rules]],
    [
      "setMarginRatios",
      { initialMarginRatio: 200_000, maintenanceMarginRatio: 100_000, rampDuration: 86_400n },
      [1n, 200_000, 100_000, 86_400n],
    ],
    ["setFunding", { maxRate: 1n, maxVelocity: 2n, skewScale: 3n }, [1n, 1n, 2n, 3n]],
    ["setBorrowing", { maxRate: 6_341_958_396n }, [1n, 6_341_958_396]],
    ["setDepositCap", { cap: 9n }, [9n]],
    ["setGuardian", { guardian: other }, [other]],
    ["retireMaker", { maker: deployment.oracleMaker }, [deployment.oracleMaker]],
  ] as const)("default: %s, as a method", async (name, parameters, args) => {
    const sent = await sentBy(clearingHouseAbi, (client) => {
      const method = client.extend(counterpoiseAdmin(deployment))[name] as (parameters: object) => Promise<Hex>;
      return method(parameters);
    });
    expect(sent).toEqual({ to: deployment.clearingHouse, functionName: name, args });
  });
});

describe("admin of makers, requests and sources", () => {
  const { oracleMaker: maker, oracleMakerRequestVault: requestVault } = deployment;
  const id = `0x${"ab".repeat(32)}` as const;
  const nothing = { pythId: `0x${"0".repeat(64)}`, aggregator: zero, heartbeat: 0 } as const;
  const ages = { maxAge: 60, maxExecutionAge: 30, maxLiquidationAge: 60 };
  const feed: Feed = {
    ...ages,
    pythId: id,
    fallbackAge: 600,
    maxConfidence: 5_000,
    maxDeviation: 10_000,
    floatFee: 1n,
    pyth: zero,
    aggregator: other,
    heartbeat: 3_600,
    collateral: { ...nothing, maxAge: 0, maxExecutionAge: 0, maxLiquidationAge: 0 },
    sequencerFeed: zero,
    sequencerGracePeriod: 0,
  };

  test.each([
    ["setWhitelistLp", { maker, account: other, approved: true }, oracleMakerAbi, maker, [other, true]],
    ["endWhitelist", { maker }, oracleMakerAbi, maker, undefined],
    ["setLpRules", { maker, depositCap: 9n, requestFee: 500 }, oracleMakerAbi, maker, [9n, 500]],
    ["proposeFeed", { feed }, pythOracleAbi, deployment.oracle, [1n, feed]],
    ["cancelFeed", {}, pythOracleAbi, deployment.oracle, [1n]],
  ] as const)("default: %s, as a method", async (name, parameters, abi, to, args) => {
    const sent = await sentBy(abi as Abi, (client) => {
      const method = client.extend(counterpoiseAdmin(deployment))[name] as (parameters: object) => Promise<Hex>;
      return method(parameters);
    });
    expect(sent).toEqual({ to, functionName: name, args });
  });

  test("default: setLpRequestRules", async () => {
    const rules = { delay: 3, validity: 60, minKeeperFee: 7n };
    const sent = await sentBy(lpRequestVaultAbi, (client) =>
      client.extend(counterpoiseAdmin(deployment)).setLpRequestRules({ requestVault, ...rules }),
    );
    expect(sent).toEqual({ to: requestVault, functionName: "setRules", args: [rules] });
  });

  test("default: applyFeed, for anybody", async () => {
    const sent = await sentBy(pythOracleAbi, (client) => client.extend(counterpoiseWrites(deployment)).applyFeed());
    expect(sent).toEqual({ to: deployment.oracle, functionName: "applyFeed", args: [1n] });
  });
});

describe("market statuses", () => {
  test("default", () => {
    for (const status of marketStatuses) expect(marketStatusOf(marketStatusId(status))).toBe(status);
    expect(marketStatusId("active")).toBe(1);
  });

  test("error: RangeError", () => {
    expect(() => marketStatusOf(5)).toThrow(RangeError);
  });
});

describe("counterpoiseWrites", () => {
  test("default", async () => {
    const sent = await sentBy(clearingHouseAbi, (client) =>
      client.extend(counterpoiseWrites(deployment)).liquidate({ account: other }),
    );
    expect(sent).toMatchObject({ functionName: "liquidate", args: [{ account: other, liquidator: taker }] });
    const accrued = await sentBy(clearingHouseAbi, (client) => client.extend(counterpoiseWrites(deployment)).accrue());
    expect(accrued.functionName).toBe("accrue");
  });
});

describe("lens", () => {
  const account = {
    marketId: 1n,
    status: 1,
    isMaker: false,
    size: 5n,
    openNotional: -10n,
    margin: 7n,
    pendingFunding: 1n,
    pendingBorrowing: 2n,
    price: 0n,
    priceError: "0x",
    accountValue: 0n,
    marginRatio: 0n,
    initialRequirement: 0n,
    maintenanceRequirement: 0n,
    freeMarginXCD: 0n,
    isLiquidatable: false,
    liquidationPrice: 3n,
  } as const;

  const answering = (functionName: "getTrader" | "getMaker" | "getAccount", results: readonly unknown[]) => {
    let next = 0;
    return clientWith({
      eth_call: () =>
        encodeFunctionResult({
          abi: exchangeLensAbi,
          functionName: next === 0 ? functionName : "getAccount",
          result: results[next++],
        } as never),
    });
  };

  test("default: getTrader", async () => {
    const priced = { ...account, price: 4n, accountValue: 14n, marginRatio: 6n };
    const elsewhere = { ...account, marketId: 2n };
    const result = { account: taker, fundXCD: 8n, isLocked: false, markets: [elsewhere, priced] };
    const trader = await getTrader(answering("getTrader", [result]), { deployment, account: taker });
    expect(trader).toMatchObject({ fund: 8n, account: taker });
    expect(trader.markets.map(({ marketId }) => marketId)).toEqual([2n, 1n]);
    expect(trader.market).toMatchObject({ marketId: 1n, status: "active", size: 5n, priceError: undefined });
    expect(trader.market.valuation).toMatchObject({ price: 4n, accountValue: 14n });
    expect(trader.markets[0]?.valuation).toBeUndefined();
  });

  test("behavior: getTrader with nothing in the deployment's market", async () => {
    const nothing = { account: taker, fundXCD: 0n, isLocked: false, markets: [] };
    const trader = await getTrader(answering("getTrader", [nothing, { ...account, size: 0n }]), {
      deployment,
      account: taker,
    });
    expect(trader.markets).toEqual([]);
    expect(trader.market.size).toBe(0n);
  });

  test("behavior: getMaker says why shares cannot be valued", async () => {
    const locked = "0x4b3f3e32";
    const raw = {
      maker: other,
      isRetired: false,
      isSpotHedged: false,
      isValued: false,
      valueError: locked,
      totalAssets: 0n,
      sharePrice: 0n,
      isInsolvent: false,
      totalSupply: 9n,
      asset: deployment.collateral,
      longUtilRatio: 1n,
      shortUtilRatio: 0n,
      longCapacity: 2n,
      shortCapacity: 3n,
      account,
    };
    const maker = await getMaker(answering("getMaker", [raw]), { deployment, maker: other });
    expect(maker.valueError).toEqual({ revert: undefined, data: locked });
    expect(maker).toMatchObject({ totalShares: 9n, utilization: { long: 1n, short: 0n }, position: { size: 5n } });
  });

  test("behavior: reads as methods", () => {
    const client = clientWith({}).extend(counterpoiseReads(deployment));
    expect(client.getTrader).toBeTypeOf("function");
    expect(client.getPendingFees).toBeTypeOf("function");
    expect(client.getSettlement).toBeTypeOf("function");
  });
});
