import { deployContract, forgeArtifact, packageArtifact } from "@counterpoise/devnet";
import {
  type Deployment,
  depositSync,
  getFund,
  getMakerPrices,
  getMakerQuote,
  getPrice,
  getRevert,
  getSpotPath,
  isRevert,
  quoteTrade,
  sendCall,
  simulateCall,
  TransactionRevertedError,
  waitForSuccess,
  withdraw,
  withdrawSync,
} from "@counterpoise/sdk";
import { USD } from "@counterpoise/testkit";
import {
  type Abi,
  type Address,
  createPublicClient,
  createWalletClient,
  custom,
  http,
  parseEther,
  zeroAddress,
  zeroHash,
} from "viem";
import { beforeAll, describe, expect, test } from "vitest";
import { type Actor, type Exchange, revertOf, useExchange } from "../src/exchange.js";

// Reverts of a real node: of reads, of transactions that were mined, and of contracts that the exchange does not own.

const exchange = useExchange({ spot: "uniswapV4", keepsHistory: true });

/** A client with viem's defaults, as an integrator's. */
const integrator = ({ anvil }: Exchange) => createPublicClient({ transport: http(anvil.rpcUrl) });

describe("reads", () => {
  const quote = { isBaseToQuote: false, isExactInput: false, amount: parseEther("1") } as const;
  type Reader = ReturnType<typeof integrator>;
  const reads: Record<string, (client: Reader, deployment: Deployment, taker: Address) => Promise<unknown>> = {
    getPrice: (client, deployment) => getPrice(client, { deployment }),
    getMakerPrices: (client, deployment) => getMakerPrices(client, { deployment }),
    getMakerQuote: (client, deployment) => getMakerQuote(client, { deployment, ...quote }),
    quoteTrade: (client, deployment, taker) =>
      quoteTrade(client, { deployment, taker, maker: deployment.oracleMaker, ...quote }),
  };

  test.each(Object.entries(reads))("error: %s names a stale price", async (_, read) => {
    const world = exchange();
    await world.fund(world.alice, 1_000n * USD);
    await world.warpBy(3_600n);
    const { alice, deployment } = world;
    const error = await read(integrator(world), deployment, alice.account.address).catch((thrown: unknown) => thrown);
    const revert = getRevert(error);
    expect(isRevert(revert, "StalePrice") && revert.named.pythId).toBe(deployment.pythId);
    expect((error as Error).message).toContain("StalePrice");
  });
});

describe("transactions that are mined and revert", () => {
  /** Without an estimate, which would find the revert. */
  const gas = 1_000_000n;
  const failureOf = async (action: Promise<unknown>): Promise<TransactionRevertedError> => {
    const error = await action.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TransactionRevertedError);
    return error as TransactionRevertedError;
  };

  test("error: hash, receipt and reason from the node's trace", async () => {
    const { alice, deployment } = exchange();
    await depositSync(alice, { deployment, amount: 3n });
    const failure = await failureOf(withdrawSync(alice, { deployment, amount: 5n, gas }));
    expect(failure.receipt).toMatchObject({ status: "reverted", transactionHash: failure.hash });
    expect(failure).toMatchObject({ source: "trace", reason: { errorName: "InsufficientFund" } });
    expect(failure.reason?.named).toMatchObject({ requested: 5n, available: 3n });
    expect(getRevert(failure)).toEqual(failure.reason);
    expect(failure.message).toContain(`Transaction ${failure.hash} reverted: InsufficientFund`);
    expect(await getFund(alice, { deployment, account: alice.account.address })).toBe(3n);
  });

  test("behavior: a replay finds the same reason on a node without traces", async () => {
    const { alice, anvil, deployment } = exchange();
    const hash = await withdraw(alice, { deployment, amount: 5n, gas });
    const node = http(anvil.rpcUrl, { retryCount: 0 })({ chain: alice.chain });
    const request = async ({ method, params }: { method: string; params?: unknown }) => {
      if (method.startsWith("debug_")) throw new Error("method not found");
      return node.request({ method, params } as never);
    };
    const client = createWalletClient({ account: alice.account, chain: alice.chain, transport: custom({ request }) });
    const failure = await failureOf(waitForSuccess(client, hash));
    expect(failure).toMatchObject({ hash, source: "replay", reason: { errorName: "InsufficientFund" } });
  });

  test("behavior: no reason when the gas runs out", async () => {
    const { alice, deployment } = exchange();
    const failure = await failureOf(depositSync(alice, { deployment, amount: 3n, gas: 40_000n }));
    expect(failure).toMatchObject({ source: "trace", data: "0x", reason: undefined });
  });
});

describe("Uniswap v4", () => {
  /** The pool that the base vault hedges in. */
  async function poolOf({ alice, deployment }: Exchange) {
    const path = await getSpotPath(alice, { adapter: deployment.spotHedgeBaseMakerAdapter });
    const [pool] = path.pools;
    if (path.exchange !== "uniswapV4" || !pool || !("tickSpacing" in pool)) throw new Error("Not a pool of Uniswap v4");
    const { base, collateral } = deployment;
    const [currency0, currency1] = BigInt(base) < BigInt(collateral) ? [base, collateral] : [collateral, base];
    return { poolManager: path.poolManager, key: { currency0, currency1, ...pool, hooks: zeroAddress } };
  }

  /** Calls one of Uniswap's own test routers, which pass on the PoolManager's errors. */
  async function callRouter(world: Exchange, name: string, functionName: string, args: readonly unknown[]) {
    const { poolManager } = await poolOf(world);
    const artifact = packageArtifact(name, `@uniswap/v4-core/out/${name}.sol/${name}.json`);
    const address = await deployContract(world.deployer, { ...artifact, args: [poolManager] });
    return simulateCall(world.alice, { address, abi: artifact.abi, functionName, args });
  }

  test("error: a transfer that the PoolManager wraps, to the token's own error", async () => {
    const world = exchange();
    const { key } = await poolOf(world);
    const amounts = key.currency1 === world.deployment.collateral ? [0n, 10n ** 30n] : [10n ** 30n, 0n];
    const revert = await revertOf(callRouter(world, "PoolTakeTest", "take", [key, ...amounts]));
    expect(isRevert(revert, "ERC20InsufficientBalance") && revert.named.needed).toBe(10n ** 30n);
    expect(revert.wrappedBy).toMatchObject([
      { errorName: "WrappedError", named: { target: world.deployment.collateral } },
    ]);
  });

  test("error: a pool that does not exist", async () => {
    const world = exchange();
    const key = { ...(await poolOf(world)).key, fee: 3_333 };
    const params = { zeroForOne: true, amountSpecified: -1n, sqrtPriceLimitX96: 4_295_128_740n };
    const settings = { takeClaims: false, settleUsingBurn: false };
    const revert = await revertOf(callRouter(world, "PoolSwapTest", "swap", [key, params, settings, "0x"]));
    expect(revert).toMatchObject({ errorName: "PoolNotInitialized" });
  });

  test("error: a swap beyond its price limit", async () => {
    const world = exchange();
    const params = { zeroForOne: true, amountSpecified: -1n, sqrtPriceLimitX96: 2n ** 150n };
    const settings = { takeClaims: false, settleUsingBurn: false };
    const args = [(await poolOf(world)).key, params, settings, "0x"];
    const revert = await revertOf(callRouter(world, "PoolSwapTest", "swap", args));
    expect(isRevert(revert, "PriceLimitAlreadyExceeded") && revert.named.sqrtPriceLimitX96).toBe(2n ** 150n);
  });

  test("error: a call outside of an unlock", async () => {
    const world = exchange();
    const { abi } = packageArtifact("PoolManager", "@uniswap/v4-core/out/PoolManager.sol/PoolManager.json");
    const call = { address: (await poolOf(world)).poolManager, abi, functionName: "settle", args: [] };
    expect(await revertOf(simulateCall(world.alice, call))).toMatchObject({ errorName: "ManagerLocked" });
  });
});

describe("OpenZeppelin's TimelockController", () => {
  let timelock: { address: Address; abi: Abi };
  const DELAY = 100n;

  beforeAll(async () => {
    const { admin, deployer } = exchange();
    const proposers = [admin.account.address];
    const artifact = forgeArtifact("TimelockController");
    const address = await deployContract(deployer, { ...artifact, args: [DELAY, proposers, proposers, proposers[0]] });
    timelock = { address, abi: artifact.abi };
  });

  /** An operation that sends nothing to an account. */
  const operation = (to: Address) => [to, 0n, "0x", zeroHash, zeroHash] as const;
  const run = (actor: Actor, functionName: string, args: readonly unknown[]) =>
    sendCall(actor, { ...timelock, functionName, args });

  test("error: a proposer without the role", async () => {
    const { alice } = exchange();
    const { address } = alice.account;
    const revert = await revertOf(run(alice, "schedule", [...operation(address), DELAY]));
    expect(isRevert(revert, "AccessControlUnauthorizedAccount") && revert.named.account).toBe(address);
  });

  test("error: a delay below the minimum", async () => {
    const { admin } = exchange();
    const revert = await revertOf(run(admin, "schedule", [...operation(admin.account.address), DELAY - 1n]));
    expect(isRevert(revert, "TimelockInsufficientDelay") && revert.named).toEqual({ delay: 99n, minDelay: 100n });
  });

  test("error: an operation before its time, and one after an operation that is not executed", async () => {
    const { admin } = exchange();
    const { address } = admin.account;
    const early = revertOf(run(admin, "execute", operation(address)));
    expect(await early).toMatchObject({ errorName: "TimelockUnexpectedOperationState" });
    const predecessor = `0x${"11".repeat(32)}`;
    const [to, value, data, , salt] = operation(address);
    const after = [to, value, data, predecessor, salt];
    await waitForSuccess(admin, await run(admin, "schedule", [...after, DELAY]));
    await exchange().warpBy(DELAY);
    const revert = await revertOf(run(admin, "execute", after));
    expect(isRevert(revert, "TimelockUnexecutedPredecessor") && revert.named.predecessorId).toBe(predecessor);
  });

  test("error: the error of the contract that the operation calls", async () => {
    const { admin, deployment } = exchange();
    const call = withdraw.call({ deployment, amount: 7n, to: admin.account.address }, admin);
    const terms = [call.to, 0n, call.data, zeroHash, zeroHash];
    await waitForSuccess(admin, await run(admin, "schedule", [...terms, DELAY]));
    await exchange().warpBy(DELAY);
    const revert = await revertOf(run(admin, "execute", terms));
    expect(isRevert(revert, "InsufficientFund") && revert.named).toMatchObject({ requested: 7n, available: 0n });
  });
});
