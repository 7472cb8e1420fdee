// A dry run of a network's form: a chain with the network's id, doubles at the external addresses, a keystore as signer, and the whole
// life of an exchange through the SDK: three markets, LP deposits and withdrawals, trades, a liquidation, and then `check`.
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  approveToken,
  createDevnetClient,
  type DevnetAccount,
  deployTestToken,
  devnetChain,
  encodePythUpdate,
  mintTestToken,
  updatePythDouble,
} from "@counterpoise/devnet";
import {
  batchReads,
  claimLpAssetsSync,
  claimLpSharesSync,
  createOrderSync,
  type Deployment,
  deposit,
  type ExchangeDeployment,
  executeOrderSync,
  getFeed,
  getMaker,
  getMarket,
  getMarkets,
  getPosition,
  liquidateSync,
  marketDeployment,
  parseExchangeDeployment,
  requestLpDepositSync,
  requestLpRedeemSync,
  setOperator,
  settleLpRequestsSync,
  transferFundToMargin,
  waitForSuccess,
} from "@counterpoise/sdk";
import { createSigner, encryptKey, Secrets } from "@counterpoise/service-kit";
import {
  type Address,
  createPublicClient,
  createWalletClient,
  custom,
  type Hash,
  type Hex,
  http,
  keccak256,
  parseEther,
  publicActions,
  toHex,
} from "viem";
import { generatePrivateKey, privateKeyToAddress } from "viem/accounts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ExchangeConfig, exchangeSchema, type MarketConfig, marketSchema } from "../src/config.js";
import { apply, check, openDeployment } from "../src/deployment.js";
import { configOf, startWorld, testClient, type World } from "./world.js";

const ARBITRUM = 42_161;
const DAYS = 2 * 86_400;
const WAD = 10n ** 18n;
const USDC = 10n ** 6n;
const KEEPER_FEE = 10n ** 14n;
const MAX = 2n ** 255n;
const PRICES = { ETH: parseEther("2000"), BTC: parseEther("40000"), THIN: parseEther("5") } as const;
type Symbol_ = keyof typeof PRICES;

const actorOf = (world: World, index: number) => {
  const { rpcUrl, chainId, accounts } = world.anvil;
  return createWalletClient({
    account: accounts[index] as DevnetAccount,
    chain: devnetChain({ rpcUrl, chainId }),
    transport: http(rpcUrl),
    pollingInterval: 10,
  }).extend(publicActions);
};
type Actor = ReturnType<typeof actorOf>;

describe("dry run on the chain id of Arbitrum One", () => {
  let world: World;
  let folder: string;
  let owner: Address;
  let thinToken: Address;
  let exchange: ExchangeDeployment;
  let keystore: { file: string; passwordFile: string };
  let [lp, taker, liquidator, keeper]: Actor[] = [];

  beforeAll(async () => {
    world = await startWorld(ARBITRUM);
    folder = mkdtempSync(path.join(tmpdir(), "counterpoise-dry-run-"));
    const key = generatePrivateKey();
    owner = privateKeyToAddress(key);
    keystore = { file: path.join(folder, "owner.json"), passwordFile: path.join(folder, "owner.password") };
    writeFileSync(keystore.file, encryptKey(key, "a long password", 10));
    writeFileSync(keystore.passwordFile, "a long password", { mode: 0o600 });
    await testClient(world).setBalance({ address: owner, value: parseEther("100") });
    [lp, taker, liquidator, keeper] = [0, 3, 4, 5].map((index) => actorOf(world, index)) as Actor[];
    thinToken = (await deployTestToken(world.client, { name: "Thin", symbol: "THIN", decimals: 18 })).address;
  });
  afterAll(() => world?.anvil.stop());

  function configWith(markets: readonly Symbol_[]): ExchangeConfig {
    const json = configOf(world, { name: "dry-run", owner, deployer: owner, guardian: owner, markets: [] });
    const [oracleMaker] = json.eth.makers as object[];
    const thin = {
      ...json.eth,
      ...{ id: 3, symbol: "THIN", preset: "thin", referencePrice: "5" },
      base: { address: thinToken, symbol: "THIN", decimals: 18 },
      feed: {
        ...{ pythId: keccak256(toHex("THIN/USD")), maxAge: "60s", maxExecutionAge: "60s" },
        collateral: { pythId: keccak256(toHex("USDC/USD")), maxAge: "60s", maxExecutionAge: "60s" },
      },
      makers: [{ ...oracleMaker, maxPosition: "100000" }],
    };
    const files = { ETH: json.eth, BTC: json.btc, THIN: thin };
    const parsed = exchangeSchema.parse(json.exchange);
    return { ...parsed, markets: markets.map((symbol) => marketSchema.parse(files[symbol])) };
  }

  const open = (config: ExchangeConfig) =>
    openDeployment({ config, rpcUrl: world.anvil.rpcUrl, registry: folder, isDryRun: true });

  /** Applies a configuration, through the timelock's delays. Returns the number of delays. */
  async function applyAll(config: ExchangeConfig): Promise<number> {
    const signer = createSigner({
      config: { type: "keystore", ...keystore },
      chainId: ARBITRUM,
      secrets: new Secrets(),
      request: () => Promise.reject(new Error("A keystore asks no node")),
    });
    for (let delays = 0; ; delays++) {
      const result = await apply(await open(config), { signer, pollInterval: 20 });
      if (result.isComplete) return delays;
      await pass(DAYS);
    }
  }

  async function pass(seconds: number): Promise<void> {
    await testClient(world).increaseTime({ seconds });
    await testClient(world).mine({ blocks: 1 });
  }

  const sent = async (client: Actor, hash: Promise<Hash>) => waitForSuccess(client, await hash);
  const now = async () => (await world.reader.getBlock()).timestamp;
  const idsOf = ({ symbol }: { symbol: Symbol_ }) =>
    symbol === "THIN" ? (["THIN/USD", "USDC/USD"] as const) : ([`${symbol}/USD`] as const);

  /** The prices of a market at a time: of THIN the collateral's, too. */
  const updatesAt = (symbol: Symbol_, price: bigint, publishTime: bigint): Hex[] =>
    idsOf({ symbol }).map((name) =>
      encodePythUpdate({
        ...{ id: keccak256(toHex(name)), price: name === "USDC/USD" ? WAD : price },
        ...{ publishTime, prevPublishTime: publishTime - 1n },
      }),
    );

  async function publish(symbol: Symbol_, price: bigint): Promise<void> {
    const publishTime = (await now()) + 1n;
    await testClient(world).setNextBlockTimestamp({ timestamp: publishTime });
    const updates = idsOf({ symbol }).map((name) => ({
      ...{ id: keccak256(toHex(name)), price: name === "USDC/USD" ? WAD : price, publishTime },
    }));
    await updatePythDouble(world.client, { pyth: world.pyth, updates });
  }

  async function warpTo(timestamp: bigint): Promise<void> {
    if (timestamp <= (await now())) return;
    await testClient(world).setNextBlockTimestamp({ timestamp });
    await testClient(world).mine({ blocks: 1 });
  }

  test("a list of 20 markets is built, and sends nothing", async () => {
    const config = configWith(["THIN"]);
    const [thin] = config.markets;
    const markets = Array.from({ length: 20 }, (_, i) => ({ ...thin, id: i + 1, symbol: `M${i + 1}` }) as MarketConfig);
    const { steps } = await open({ ...config, name: "large", markets });
    expect(steps.filter(({ artifact }) => artifact === "OracleMaker")).toHaveLength(20);
  }, 300_000);

  test("adds two markets to a governed exchange", async () => {
    expect(await applyAll(configWith(["ETH"]))).toBe(0);
    expect(await applyAll(configWith(["ETH", "BTC", "THIN"]))).toBeGreaterThanOrEqual(3);
    // Approvals of LPs and request vaults take effect two days after the operation.
    await pass(DAYS);
    exchange = parseExchangeDeployment(JSON.parse(readFileSync(path.join(folder, `${ARBITRUM}/dry-run.json`), "utf8")));
    expect(exchange.markets.map(({ symbol, base }) => [symbol, base.decimals])).toEqual([
      ["ETH", 18],
      ["BTC", 8],
      ["THIN", 18],
    ]);
  }, 120_000);

  test.each(["ETH", "BTC", "THIN"] as const)(
    "%s: LP cycle, trade, liquidation",
    async (symbol) => {
      const price = PRICES[symbol];
      const deployment: Deployment = marketDeployment(exchange, symbol);
      const { oracleMakerRequestVault: requestVault, oracleMaker: maker, collateral } = deployment;
      for (const actor of [lp, taker, liquidator] as Actor[]) {
        await mintTestToken(world.client, { token: collateral, to: actor.account.address, amount: 2_000_000n * USDC });
        const devnet = createDevnetClient({
          ...{ rpcUrl: world.anvil.rpcUrl, account: actor.account.address, chainId: ARBITRUM },
        });
        await approveToken(devnet, { token: collateral, spender: deployment.vault });
        await approveToken(devnet, { token: collateral, spender: requestVault });
      }
      const settle = async (executableAt: bigint) => {
        await warpTo(executableAt);
        return settleLpRequestsSync(keeper as Actor, {
          requestVault,
          updates: [updatesAt(symbol, price, executableAt)],
        });
      };

      await publish(symbol, price);
      const assets = 1_000_000n * USDC;
      const entry = await requestLpDepositSync(lp as Actor, {
        requestVault,
        assets,
        minShares: 0n,
        keeperFee: KEEPER_FEE,
      });
      expect((await settle(entry.executableAt))[0]).toMatchObject({ status: "settled" });
      const shares = await claimLpSharesSync(lp as Actor, { requestVault, assets });
      expect(shares).toBeGreaterThan(0n);

      // A long position of 10,000 collateral with a margin of about 11%.
      const base = (10_000n * WAD * WAD) / price;
      for (const [actor, margin] of [
        [taker, 1_120n],
        [liquidator, 20_000n],
      ] as [Actor, bigint][]) {
        await sent(actor, deposit(actor, { deployment, amount: (margin + 2_000n) * USDC }));
        await sent(actor, transferFundToMargin(actor, { deployment, amount: margin * USDC }));
        await sent(actor, setOperator(actor, { deployment, approved: true }));
      }
      await publish(symbol, price);
      const created = await createOrderSync(taker as Actor, {
        ...{ deployment, maker, isBaseToQuote: false, isExactInput: false, amount: base },
        ...{ oppositeBound: MAX, keeperFee: KEEPER_FEE },
      });
      await warpTo(created.order.executableAt);
      const updateData = updatesAt(symbol, price, created.order.executableAt);
      const outcome = await executeOrderSync(keeper as Actor, { deployment, ...created, updateData });
      expect(outcome).toMatchObject({ status: "executed" });
      const account = (taker as Actor).account.address;
      expect((await getPosition(taker as Actor, { deployment, account })).size).toBe(base);

      // 7% lower, the margin ratio is below 6.25%.
      const lower = (price * 93n) / 100n;
      await warpTo((await now()) + 2n);
      await publish(symbol, lower);
      const liquidated = await liquidateSync(liquidator as Actor, { deployment, account, priceBound: lower });
      expect(liquidated.base).toBeGreaterThan(0n);
      expect(liquidated.badDebt).toBe(0n);
      expect((await getPosition(taker as Actor, { deployment, account })).size).toBe(base - liquidated.base);

      const part = shares / 10n;
      await publish(symbol, price);
      const exit = await requestLpRedeemSync(lp as Actor, {
        requestVault,
        shares: part,
        minAssets: 0n,
        keeperFee: KEEPER_FEE,
      });
      expect((await settle(exit.executableAt))[0]).toMatchObject({ status: "settled" });
      const { assets: claimed } = await claimLpAssetsSync(lp as Actor, { requestVault, shares: part });
      expect(claimed).toBeGreaterThan(90_000n * USDC);
    },
    60_000,
  );

  test("all markets are read in one call, and the chain matches the configuration", async () => {
    await publish("ETH", PRICES.ETH);
    const calls: string[] = [];
    const counting = createPublicClient({
      transport: custom({
        request: ({ method, params }) => {
          calls.push(method);
          return world.reader.request({ method, params } as never);
        },
      }),
    });
    const markets = await getMarkets(counting, { exchange });
    expect(calls).toEqual(["eth_call"]);
    expect(markets.map(({ symbol, base, makers }) => [symbol, base.decimals, makers.map(({ name }) => name)])).toEqual([
      ["ETH", 18, ["oracle", "base", "quote"]],
      ["BTC", 8, ["oracle", "base", "quote"]],
      ["THIN", 18, ["oracle"]],
    ]);
    expect(markets[0]?.state.price).toBe(PRICES.ETH);
    for (const { symbol, deployment, state, feed, makers } of markets) {
      expect(deployment).toEqual(marketDeployment(exchange, symbol));
      expect(state).toEqual(await getMarket(lp as Actor, { deployment }));
      expect(state.makers).toEqual(makers.map(({ address }) => address));
      expect(feed).toEqual(await getFeed(lp as Actor, { deployment }));
      for (const { address, state: maker } of makers) {
        expect(maker).toEqual(await getMaker(lp as Actor, { deployment, maker: address }));
      }
    }
    // A batch joins the read with others.
    const [again] = await batchReads(lp as Actor, { calls: [getMarkets.call({ exchange })] });
    expect(again).toEqual(markets);
    expect(await check(await open(configWith(["ETH", "BTC", "THIN"])))).toEqual([]);
  });
});
