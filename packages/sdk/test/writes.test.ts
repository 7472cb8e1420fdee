import {
  type Abi,
  type AbiParameter,
  concat,
  createWalletClient,
  encodeAbiParameters,
  encodeErrorResult,
  encodeEventTopics,
  encodeFunctionResult,
  getAbiItem,
  type Hex,
  parseTransaction,
  toFunctionSelector,
  zeroAddress,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { anvil } from "viem/chains";
import { describe, expect, test } from "vitest";
import { orderGatewayAbi, vaultAbi } from "../src/generated/abis.js";
import * as sdk from "../src/index.js";
import {
  type AnyWrite,
  type ConfirmedWrite,
  counterpoiseAdmin,
  counterpoiseWrites,
  EventNotFoundError,
  getRevert,
  hashSignedOrder,
  type PreparedCall,
  type SigningClient,
  sendCall,
  TransactionRevertedError,
} from "../src/index.js";
import { hash, nodeWith, receiptWith, reverted } from "./clients.js";
import { announcement, deployment, order, signedOrderWith, taker } from "./fixtures.js";

// All writing actions. One definition gives each its variants, and the tests here run for all of them.

const signer = privateKeyToAccount(`0x${"11".repeat(32)}`);
const word: Hex = `0x${"00".repeat(31)}01`;
const { oracleMaker: maker, oracleMakerRequestVault: requestVault } = deployment;
const other = deployment.base;

const signedOrder = signedOrderWith();
const otherOrder = { ...signedOrder, account: other, isBaseToQuote: true };
const submission = { order: signedOrder, signature: "0x1234" } as const;
const feed: sdk.Feed = {
  pythId: word,
  maxAge: 1,
  maxExecutionAge: 1,
  maxLiquidationAge: 1,
  freshAge: 1,
  fallbackAge: 1,
  maxConfidence: 1,
  maxDeviation: 1,
  floatFee: 1n,
  pyth: zeroAddress,
  aggregator: zeroAddress,
  heartbeat: 0,
  minAnswer: 0n,
  maxAnswer: 0n,
  collateral: {
    pythId: word,
    maxAge: 0,
    maxExecutionAge: 0,
    maxLiquidationAge: 0,
    maxSkew: 0,
    aggregator: other,
    heartbeat: 0,
    minAnswer: 0n,
    maxAnswer: 0n,
  },
  sequencerFeed: zeroAddress,
  sequencerGracePeriod: 0,
};
const rules: sdk.MarketRules = {
  priceBand: 1,
  tradingFee: 1,
  liquidationPenalty: 1,
  liquidatorShare: 1,
  minPositionValue: 1n,
  liquidationBounty: 1n,
  deleverageWindow: 1,
  settlementDelay: 1,
};
const { marketId: _, ...request } = order.request;
const terms = { requestVault, keeperFee: 3n };
const deadline = 9n;

type WriteName = {
  [name in keyof typeof sdk]: (typeof sdk)[name] extends AnyWrite ? name : never;
}[keyof typeof sdk];

/** A write's parameters without the deployment, its outcome when every value of the events is one, and its required event. */
type Row = { parameters: object; outcome?: unknown; needs?: string };

const confirmation = { hash, gasUsed: 1n };
const fill = { legHash: word, account: taker, counterparty: taker, base: 1n, quote: 1n, price: 1n, relayFeeXCD: 1n };
const sampleOrder = sample(sdkOrderType());

const table = {
  deposit: { parameters: { amount: 5n } },
  depositWithPermit: { parameters: { amount: 5n, deadline } },
  depositToMargin: { parameters: { amount: 5n } },
  withdraw: { parameters: { amount: 5n } },
  transferFundToMargin: { parameters: { amount: 5n } },
  transferMarginToFund: { parameters: { amount: 5n } },
  returnMargin: { parameters: {}, outcome: { amount: 1n, hash } },
  setOperator: { parameters: { approved: true } },
  setOperatorBySig: { parameters: { account: other, operator: maker, approved: true, deadline, signature: "0x12" } },
  donateInsurance: { parameters: { amount: 5n } },
  multicallVault: { parameters: { calls: [{ functionName: "deposit", args: [taker, 5n] }] } },
  createOrder: {
    parameters: { ...request, keeperFee: 3n },
    outcome: { orderId: 1n, order: sampleOrder, hash },
    needs: "OrderCreated",
  },
  createOrderWithDeposit: {
    parameters: { ...request, keeperFee: 3n, margin: 5n, deadline },
    outcome: { orderId: 1n, order: sampleOrder, hash },
    needs: "OrderCreated",
  },
  executeOrder: {
    parameters: { orderId: 1n, order, updateData: ["0x12"] },
    outcome: {
      status: "executed",
      base: 1n,
      quote: 1n,
      price: 1n,
      ...confirmation,
    },
    needs: "OrderExecuted",
  },
  executeOrders: {
    parameters: { orders: [{ orderId: 1n, order, updateData: ["0x12"] }] },
    outcome: {
      outcomes: [
        { status: "executed", base: 1n, quote: 1n, price: 1n },
        { status: "purged", reason: undefined, data: "0x" },
        { status: "skipped", reason: undefined, data: "0x" },
      ],
      ...confirmation,
    },
  },
  cancelOrder: { parameters: { orderId: 1n, order } },
  withdrawEscrow: { parameters: {} },
  withdrawOrderCredit: { parameters: {}, outcome: { amount: 1n, hash }, needs: "CreditWithdrawn" },
  depositLp: { parameters: { maker, amount: 5n, minShares: 1n }, outcome: 1n, needs: "Deposited" },
  withdrawLp: { parameters: { maker, shares: 5n, minAmount: 1n }, outcome: 1n, needs: "Withdrawn" },
  requestLpDeposit: {
    parameters: { ...terms, assets: 5n, minShares: 1n },
    outcome: { requestId: 1n, executableAt: 1n, expiresAt: 1n, hash },
    needs: "RequestTerms",
  },
  requestLpRedeem: {
    parameters: { ...terms, shares: 5n, minAssets: 1n },
    outcome: { requestId: 1n, executableAt: 1n, expiresAt: 1n, hash },
    needs: "RequestTerms",
  },
  settleLpRequests: {
    parameters: { requestVault, updates: [["0x12"]] },
    outcome: [
      { status: "returned", requestId: 1n, controller: taker, returned: 1n, reason: undefined },
      {
        status: "settled",
        requestId: 1n,
        controller: taker,
        isDeposit: true,
        input: 1n,
        output: 1n,
        quote: 1n,
        price: 1n,
      },
    ],
  },
  claimLpShares: { parameters: { requestVault, assets: 5n }, outcome: 1n, needs: "Deposit" },
  claimLpAssets: { parameters: { requestVault, shares: 5n }, outcome: { assets: 1n, quote: 1n }, needs: "Withdraw" },
  cancelLpRequest: { parameters: { requestVault, requestId: 1n, isDeposit: true } },
  claimReturnedLpRequest: {
    parameters: { requestVault, requestId: 1n, isDeposit: true },
    outcome: { returned: 1n, hash },
    needs: "CancelDepositClaim",
  },
  startExit: {
    parameters: { maker, shares: 5n, fee: 1n },
    outcome: { exitId: 1n, executableAt: 1n, hash },
    needs: "ExitStarted",
  },
  executeExit: {
    parameters: { exitId: 1n, margin: 5n },
    outcome: {
      shares: 1n,
      base: 1n,
      openNotional: 1n,
      margin: 1n,
      fee: 1n,
      deduction: 1n,
      claim: { assets: 1n, base: 1n },
      hash,
    },
    needs: "ExitExecuted",
  },
  returnExit: { parameters: { exitId: 1n }, outcome: { shares: 1n, hash }, needs: "ExitReturned" },
  claimSlice: { parameters: { maker, owner: other }, outcome: { assets: 1n, base: 1n, hash }, needs: "SliceClaimed" },
  requestLpAggregateDeposit: { parameters: { aggregateVault: requestVault, assets: 5n } },
  requestLpAggregateRedeem: { parameters: { aggregateVault: requestVault, shares: 5n } },
  prepayLpFees: { parameters: { aggregateVault: requestVault, account: other, value: 5n } },
  withdrawPrepaidLpFees: { parameters: { aggregateVault: requestVault, value: 5n } },
  setLpEtherPrice: { parameters: { aggregateVault: requestVault, etherPrice: 5n, saleLimit: 7n } },
  fundLpFeeFloat: { parameters: { aggregateVault: requestVault, value: 5n } },
  withdrawLpFeeFloat: { parameters: { aggregateVault: requestVault, value: 5n, receiver: other } },
  collectLpFees: { parameters: { aggregateVault: requestVault, receiver: other } },
  pushReturnedLpFunds: { parameters: { aggregateVault: requestVault, controller: other, isDeposit: true } },
  setLpOperator: { parameters: { requestVault, operator: other, approved: true } },
  settleSignedOrder: {
    parameters: { ...submission, maker, updateData: ["0x12"], value: 1n },
    outcome: { ...fill, legHash: hashSignedOrder({ deployment, order: signedOrder }), ...confirmation },
    needs: "OrderFilled",
  },
  matchSignedOrders: {
    parameters: { taker: submission, maker: { ...submission, order: otherOrder } },
    outcome: {
      taker: { ...fill, legHash: hashSignedOrder({ deployment, order: signedOrder }) },
      maker: { ...fill, legHash: hashSignedOrder({ deployment, order: otherOrder }) },
      ...confirmation,
    },
    needs: "OrderFilled",
  },
  batchSignedOrders: {
    parameters: { calls: [sdk.cancelSignedOrder.call({ deployment, id: 7n })] },
    outcome: {
      fills: [signedOrder, otherOrder].map((each) => ({
        ...fill,
        legHash: hashSignedOrder({ deployment, order: each }),
      })),
      failures: [{ index: 1, reason: undefined, data: "0x" }],
      ...confirmation,
    },
  },
  announceSignedOrder: {
    parameters: { ...submission, updateData: ["0x12"] },
    outcome: {
      legHash: word,
      announcement: {
        maker: taker,
        announcer: taker,
        leg: 1,
        announcedAt: 1n,
        executableAt: 1n,
        expiresAt: 1n,
        relayFeeXCD: 1n,
        bondXCD: 1n,
      },
      hash,
    },
    needs: "OrderAnnounced",
  },
  executeAnnounced: {
    parameters: { order: signedOrder, announcement, updateData: ["0x12"] },
    outcome: { status: "purged", reason: undefined, data: "0x", ...confirmation },
    needs: "OrderFilled",
  },
  clearAnnouncement: { parameters: { order: signedOrder, announcement } },
  cancelAnnouncement: { parameters: { order: signedOrder, announcement } },
  cancelBracket: { parameters: { order: signedOrder } },
  cancelSignedOrder: { parameters: { id: 7n } },
  cancelSignedOrderBySig: { parameters: { ...submission } },
  cancelAllSignedOrders: { parameters: {}, outcome: { nonce: 1n, hash }, needs: "NonceSet" },
  accrue: { parameters: {} },
  liquidate: {
    parameters: { account: other },
    outcome: { base: 1n, reward: 1n, badDebt: 1n, hash },
    needs: "Liquidated",
  },
  deleverage: {
    parameters: { account: other },
    outcome: { closed: [{ counterparty: taker, base: 1n, price: 1n, rank: 1n, id: 1n }], hash },
  },
  correctDeleveraging: {
    parameters: { id: 1n, better: other },
    outcome: { counterparty: taker, base: 1n, cost: 1n, rank: 1n, hash },
    needs: "DeleveragingCorrected",
  },
  resolveShortfall: { parameters: { account: other }, outcome: { marketShortfall: 1n, hash } },
  flagShortfall: {
    parameters: { account: other },
    outcome: { shortfall: 1n, debtAllowedAt: 1n, hash },
    needs: "ShortfallFlagged",
  },
  announceSettlement: { parameters: {}, outcome: { settleableAt: 1n, price: 1n, hash }, needs: "SettlementAnnounced" },
  reportOutage: { parameters: { pythId: word, updateData: ["0x12"], minPublishTime: 1n } },
  settleMarket: { parameters: {}, outcome: { price: 1n, hash }, needs: "MarketSettled" },
  settleAccount: { parameters: { account: other }, outcome: { size: 1n, price: 1n, hash }, needs: "AccountSettled" },
  closeHedgeGap: {
    parameters: {},
    outcome: { bought: 1n, spotQuote: 1n, shortage: 1n, unfunded: 1n, left: 1n, hash },
    needs: "HedgeGapChanged",
  },
  rebalance: { parameters: { maker }, outcome: { moved: 1n, fee: 1n, hash }, needs: "Rebalanced" },
  announceVaultDeleverage: {
    parameters: { maker },
    outcome: { executableAt: 1n, expiresAt: 1n },
    needs: "DeleverageAnnounced",
  },
  deleverageVault: {
    parameters: { maker, against: other, updateData: ["0x12"] },
    outcome: { base: 1n, spotQuote: 1n, perpQuote: 1n, price: 1n, fee: 1n, hash },
    // Or that it was executed.
    needs: "DeleverageCancelled",
  },
  applyFeed: { parameters: {} },
  setMarketStatus: { parameters: { status: "paused" } },
  setSystemStatus: { parameters: { status: "paused" } },
  setRules: { parameters: { rules } },
  setMarginRatios: { parameters: { initialMarginRatio: 2, maintenanceMarginRatio: 1, rampDuration: 86_400n } },
  setFunding: { parameters: { maxRate: 1n, maxVelocity: 1n, skewScale: 1n } },
  setBorrowing: { parameters: { maxRate: 1n } },
  setDepositCap: { parameters: { cap: 1n } },
  setGuardian: { parameters: { guardian: other } },
  reinstateMaker: { parameters: { maker } },
  retireMaker: { parameters: { maker } },
  setWhitelistLp: { parameters: { maker, account: other, approved: true } },
  endWhitelist: { parameters: { maker } },
  setLpRules: { parameters: { maker, depositCap: 1n, requestFee: 1 } },
  setLpRequestRules: { parameters: { requestVault, delay: 1, validity: 1, minKeeperFee: 1n } },
  proposeFeed: { parameters: { feed }, outcome: { appliesAt: 1n, hash }, needs: "FeedProposed" },
  cancelFeed: { parameters: {} },
  setOracleMakerParameters: {
    parameters: {
      parameters: {
        maxSpread: 1,
        minMarginRatio: 1,
        maxAbsPosition: 1n,
        lpFee: 1,
        confidenceFactor: 0,
        maxConfidencePremium: 0,
      },
    },
  },
  setValidSender: { parameters: { sender: other, approved: true } },
  setGateway: { parameters: { gateway: other, approved: true } },
  setRelayer: { parameters: { relayer: other, approved: true } },
  setHedgeParameters: {
    parameters: {
      parameters: { adapter: other, maxHedgeDeviation: 1, minMarginRatio: 1, spread: 1, maxCarry: 1 },
    },
  },
  setHedgeGapRules: { parameters: { rules: { maxDeviation: 1, interval: 1, maxPriceAge: 1 } } },
} as const satisfies Record<WriteName, Row>;

const rows = Object.entries(table as Record<string, Row>).map(([name, row]) => ({ name, ...row }));
const writeOf = (name: string) => (sdk as unknown as Record<string, LooseWrite>)[name] as LooseWrite;
const syncOf = (name: string) =>
  (sdk as unknown as Record<string, ConfirmedWrite<object, unknown>>)[`${name}Sync`] as ConfirmedWrite<object, unknown>;

/** Any write, as the table calls it. */
type LooseWrite = {
  (client: SigningClient, parameters: object): Promise<Hex>;
  call: (parameters: object, caller: object) => PreparedCall | Promise<PreparedCall>;
  simulate: (client: SigningClient, parameters: object) => Promise<unknown>;
};

test("behavior: the table has every write, each with its Sync variant", () => {
  const isWrite = (value: unknown) => typeof value === "function" && Object.hasOwn(value, "simulate");
  const writes = Object.entries(sdk).flatMap(([name, value]) => (isWrite(value) ? [name] : []));
  expect(writes.sort()).toEqual(Object.keys(table).sort());
  for (const name of writes) expect(sdk).toHaveProperty(`${name}Sync`);
  const syncs = Object.keys(sdk).filter((name) => name.endsWith("Sync"));
  expect(syncs.map((name) => name.slice(0, -4)).sort()).toEqual(writes);
});

describe.each(rows)("$name", ({ name, parameters: own, outcome, needs }) => {
  const write = writeOf(name);
  const parameters = { deployment, ...own };

  test("default: sends the call", async () => {
    const { client, sent } = node();
    expect(await write(client, parameters)).toBe(hash);
    const call = await write.call(parameters, client);
    expect(sent).toEqual([{ to: call.to.toLowerCase(), data: call.data, value: call.value || undefined }]);
    await sendCall(client, call);
    expect(sent[1]).toEqual(sent[0]);
  });

  test("default: as a method", async () => {
    const { client, sent } = node();
    const methods = { ...counterpoiseWrites(deployment)(client), ...counterpoiseAdmin(deployment)(client) };
    const method = (methods as unknown as Record<string, LooseMethod>)[name] as LooseMethod;
    await method(own);
    const call = await method.call(own);
    expect(call).toEqual(await write.call(parameters, client));
    expect(sent).toEqual([{ to: call.to.toLowerCase(), data: call.data, value: call.value || undefined }]);
    expect(methods).toHaveProperty(`${name}Sync`);
  });

  test("default: simulate returns what the function returns", async () => {
    const { abi, functionName, args, data } = await write.call(parameters, node().client);
    const item = getAbiItem({ abi, name: functionName, args: args as unknown[] });
    const outputs = item?.type === "function" ? item.outputs : [];
    const values = outputs.map(sample);
    const asked: Hex[] = [];
    const { client } = node({
      onCall: (asking) => {
        asked.push(asking);
        // A simulated order also asks for a price. There has never been one on this node.
        if (asking !== data) return reverted();
        return outputs.length === 0 ? "0x" : encodeAbiParameters(outputs, values);
      },
    });
    const expected = outputs.length === 0 ? undefined : outputs.length === 1 ? values[0] : values;
    expect(await write.simulate(client, parameters)).toEqual(expected);
    expect(asked[0]).toBe(data);
  });

  test("error: simulate throws the contract's error", async () => {
    const data = encodeErrorResult({ abi: vaultAbi, errorName: "InsufficientFund", args: [5n, 3n] });
    const { client } = node({ onCall: () => reverted(data) });
    const error = await write.simulate(client, parameters).catch((thrown: unknown) => thrown);
    expect(getRevert(error)).toMatchObject({ errorName: "InsufficientFund", named: { requested: 5n, available: 3n } });
  });

  test("error: a call that would revert is not sent", async () => {
    const data = encodeErrorResult({ abi: vaultAbi, errorName: "InsufficientFund", args: [5n, 3n] });
    const { client, sent } = node({ onEstimate: () => reverted(data) });
    const error = await write(client, parameters).catch((thrown: unknown) => thrown);
    expect(getRevert(error)?.errorName).toBe("InsufficientFund");
    expect(sent).toEqual([]);
  });

  test("default: Sync waits and returns the outcome", async () => {
    const { abi, address } = await write.call(parameters, node().client);
    const { client } = node({ receipt: { logs: logsOf(abi, address) } });
    expect(await syncOf(name)(client, parameters)).toEqual(outcome ?? confirmation);
  });

  test("behavior: Sync ignores other contracts' events", async () => {
    const { abi } = await write.call(parameters, node().client);
    const { client } = node({ receipt: { logs: logsOf(abi, zeroAddress) } });
    const told = syncOf(name)(client, parameters);
    if (needs === undefined) return expect(told).resolves.toBeDefined();
    const error = await told.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(EventNotFoundError);
    expect((error as EventNotFoundError).message).toContain(needs);
  });

  test("error: Sync throws TransactionRevertedError", async () => {
    const { client } = node({ receipt: { status: "0x0" } });
    const error = await syncOf(name)(client, parameters).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TransactionRevertedError);
    expect(error).toMatchObject({ hash, receipt: { transactionHash: hash, status: "reverted" } });
  });
});

type LooseMethod = { (parameters: object): Promise<Hex>; call: (parameters: object) => Promise<PreparedCall> };

// ---- a node ----

type Answers = {
  onCall?: (data: Hex) => Hex;
  onEstimate?: () => Hex;
  receipt?: { status?: Hex; logs?: unknown[] };
};

/** The calls that signing actions make first. */
const reads: Record<Hex, Hex> = {
  [toFunctionSelector("name()")]: encodeFunctionResult({
    abi: [{ type: "function", name: "name", inputs: [], outputs: [{ type: "string" }], stateMutability: "view" }],
    result: "USD Coin",
  }),
  [toFunctionSelector("nonces(address)")]: word,
  [toFunctionSelector("head()")]: word,
  [toFunctionSelector("requestCount()")]: word,
  [toFunctionSelector("rules()")]: concat([word, word, word]),
  [toFunctionSelector("isOperator(address,address)")]: `0x${"00".repeat(32)}`,
};

function node({ onCall, onEstimate = () => "0x64", receipt = {} }: Answers = {}) {
  const sent: { to: string | undefined; data: Hex | undefined; value: bigint | undefined }[] = [];
  const answers: Record<string, (parameters: unknown[]) => unknown> = {
    eth_chainId: () => "0x7a69",
    eth_estimateGas: onEstimate,
    eth_maxPriorityFeePerGas: () => "0x1",
    eth_getTransactionCount: () => "0x0",
    eth_blockNumber: () => "0x1",
    eth_getBlockByNumber: () => ({ number: "0x1", timestamp: "0x64", baseFeePerGas: "0x1", transactions: [] }),
    eth_call: ([call]) => {
      const { data } = call as { data: Hex };
      const known = reads[data.slice(0, 10) as Hex];
      if (known !== undefined) return known;
      if (onCall === undefined) throw new Error(`Unexpected call ${data.slice(0, 10)}`);
      return onCall(data);
    },
    eth_sendRawTransaction: ([serialized]) => {
      const { to, data, value } = parseTransaction(serialized as Hex);
      sent.push({ to: to?.toLowerCase(), data, value });
      return hash;
    },
    eth_getTransactionReceipt: () => receiptWith({ ...receipt }),
  };
  const transport = nodeWith(answers);
  const client = createWalletClient({ account: signer, chain: anvil, transport, pollingInterval: 1 });
  return { client: client as SigningClient, sent };
}

// ---- values and events ----

/** A value of a type: one, yes, or nothing. */
function sample(parameter: AbiParameter): unknown {
  const { type } = parameter;
  if (type.endsWith("]")) return [];
  if (type === "tuple") {
    const { components } = parameter as { components: readonly AbiParameter[] };
    return Object.fromEntries(components.map((each) => [each.name, sample(each)]));
  }
  if (type === "address") return taker;
  if (type === "bool") return true;
  if (type === "bytes32") return word;
  if (type === "bytes") return "0x";
  if (type === "string") return "";
  // viem gives integers of up to 48 bits as numbers.
  return Number(type.match(/\d+/)?.[0] ?? 256) <= 48 ? 1 : 1n;
}

function sdkOrderType(): AbiParameter {
  const { inputs } = getAbiItem({ abi: orderGatewayAbi, name: "OrderCreated" });
  return inputs[2] as AbiParameter;
}

/** One of each event that the contract has, and of fills one for each order of the table. */
function logsOf(abi: Abi, address: Hex): unknown[] {
  const log = {
    address,
    blockHash: hash,
    blockNumber: "0x1",
    transactionHash: hash,
    transactionIndex: "0x0",
    removed: false,
  };
  const isOrderGateway = abi.some((item) => item.type === "event" && item.name === "MarginReturnFailed");
  const items = [...abi].sort((a, b) => ("name" in a && "name" in b && a.name < b.name ? -1 : 1));
  return items.flatMap((item) => {
    if (item.type !== "event" || (isOrderGateway && item.name === "MarginReturnFailed")) return [];
    const values = item.inputs.map(sample);
    const topics = encodeEventTopics({ abi: [item], eventName: item.name, args: values } as never);
    const isIndexed = (input: AbiParameter) => "indexed" in input && input.indexed === true;
    const unindexed = item.inputs.filter((input) => !isIndexed(input));
    const data = encodeAbiParameters(
      unindexed,
      unindexed.map((input) => values[item.inputs.indexOf(input as never)]),
    );
    const hashes = [signedOrder, otherOrder].map((each) => hashSignedOrder({ deployment, order: each }));
    const all =
      item.name === "OrderFilled" ? hashes.map((legHash) => [topics[0], legHash, ...topics.slice(2)]) : [topics];
    return all.map((each) => ({ ...log, topics: each, data, logIndex: "0x0" }));
  });
}
