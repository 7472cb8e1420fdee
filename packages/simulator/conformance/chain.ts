import { encodePythUpdates, startAnvil } from "@counterpoise/devnet";
import type { Deployment } from "@counterpoise/sdk";
import {
  backstopAbi,
  clearingHouseAbi,
  exchangeLensAbi,
  oracleMakerAbi,
  pythErrorsAbi,
  pythOracleAbi,
  spotHedgeBaseMakerAbi,
  spotHedgeQuoteMakerAbi,
  vaultAbi,
} from "@counterpoise/sdk/abis";
import { loadHedgedMaker } from "@counterpoise/sdk/entities";
import { type ExchangeSetup, market, quoteVaultOf, setUpExchange } from "@counterpoise/testkit";
import {
  type Abi,
  type Address,
  decodeFunctionResult,
  encodeFunctionData,
  type Hex,
  keccak256,
  type Log,
  maxUint256,
  parseAbi,
  parseEther,
  parseEventLogs,
  toFunctionSelector,
  toHex,
  zeroAddress,
} from "viem";
import { type AccountId, type Booking, MAKERS, MAX_INPUT, SpotPool } from "../src/index.js";
import type { Operation } from "./operations.js";
import { type Names, settings } from "./setting.js";

const GENESIS = 1_700_000_000n;
const GAS = toHex(16_000_000n);
const PYTH_FEE = 1n;

const pythAbi = parseAbi(["function updatePriceFeeds(bytes[] updateData) payable"]);

const routerAbi = parseAbi([
  "struct Swap { address tokenIn; address tokenOut; uint24 fee; address recipient; uint256 deadline; uint256 amountIn; uint256 amountOutMinimum; uint160 sqrtPriceLimitX96; }",
  "function exactInputSingle(Swap swap) payable returns (uint256 amountOut)",
]);
const poolAbi = parseAbi([
  "function slot0() view returns (uint160 sqrtPriceX96, int24 tick, uint16, uint16, uint16, uint8, bool)",
  "function liquidity() view returns (uint128)",
]);
const factoryAbi = parseAbi(["function getPool(address, address, uint24) view returns (address)"]);
/** Fee of the testkit's pools, ppm. */
const SPOT_FEE = 500;

/** A call of the replay. */
type Call = { from: Address; to: Address; data: Hex; value?: Hex };

/** The names of the contracts' errors by selector. */
const ERRORS = new Map(
  [
    ...[vaultAbi, clearingHouseAbi, backstopAbi, oracleMakerAbi, spotHedgeBaseMakerAbi, spotHedgeQuoteMakerAbi],
    ...[pythOracleAbi, pythErrorsAbi],
  ]
    .flatMap((abi) => (abi as Abi).filter((item) => item.type === "error"))
    .map((error) => [
      toFunctionSelector({ ...error, type: "function", outputs: [], stateMutability: "view" }),
      error.name,
    ]),
);

/** The contracts on a chain of their own, at which the operations of the engine are replayed. */
export class Chain {
  /** Of the latest block, seconds. */
  time = 0n;
  readonly #names = new Map<Address, AccountId>();

  private constructor(
    readonly setup: ExchangeSetup,
    readonly addresses: Names<Address>,
    readonly stop: () => Promise<void>,
    readonly rpcUrl: string,
  ) {
    for (const [name, address] of Object.entries(addresses)) this.#names.set(address.toLowerCase() as Address, name);
  }

  get deployment(): Deployment {
    return this.setup.deployment;
  }

  /** Deploys the exchange with the settings of the replay. */
  static async start(): Promise<Chain> {
    const { takers, price, spotDepth, exchange, fundsXCD } = settings;
    const anvil = await startAnvil({ timestamp: GENESIS, accounts: takers.length + 6 });
    try {
      const { oracleMaker, baseVault, quoteVault } = exchange;
      const setup = await setUpExchange({
        anvil,
        price,
        takers: takers.length,
        spot: { base: "uniswapV3" },
        spotDepth,
        balances: {
          arbitrageur: { collateral: fundsXCD, base: parseEther("10000000") },
          lp: { collateral: fundsXCD, base: parseEther("10000000") },
          taker: { collateral: fundsXCD },
        },
        config: {
          ...market,
          baseSymbol: "ETH",
          oracleFloat: parseEther("1"),
          feed: { pythId: keccak256(toHex("ETH/USD")), ...exchange.oracle, maxExecutionAge: exchange.oracle.maxAge },
          market: { ...exchange.rules, feeIndexDecimals: Number(exchange.fees.indexDecimals) },
          funding: {
            maxRate: exchange.fees.maxFundingRate,
            maxVelocity: exchange.fees.maxFundingVelocity,
            skewScale: exchange.fees.skewScale,
          },
          maxBorrowingRate: exchange.fees.maxBorrowingRate,
          oracleMaker,
          spotHedgeBaseMaker: baseVault,
          spotHedgeQuoteMaker: { ...market.quoteVault, ...quoteVault },
        },
      });
      const { deployment } = setup;
      const addresses: Names<Address> = {
        [MAKERS.oracle]: deployment.oracleMaker,
        [MAKERS.base]: deployment.spotHedgeBaseMaker,
        [MAKERS.quote]: quoteVaultOf(deployment),
        arbitrageur: setup.arbitrageur.address,
        ...Object.fromEntries(setup.lps.map(({ address }, index) => [`lp ${index + 1}`, address])),
        ...Object.fromEntries(setup.takers.map(({ address }, index) => [takers[index], address])),
      };
      const chain = new Chain(setup, addresses, () => anvil.stop(), anvil.rpcUrl);
      await chain.#prepare();
      return chain;
    } catch (error) {
      await anvil.stop();
      throw error;
    }
  }

  async #prepare(): Promise<void> {
    const { deployer, deployment, takers } = this.setup;
    for (const { address } of takers) {
      await deployer.writeContract({
        ...{ address: deployment.oracleMaker, abi: oracleMakerAbi, functionName: "setValidSender" },
        args: [address, true],
      });
    }
    const [donor] = takers;
    await donor?.writeContract({
      ...{ address: deployment.vault, abi: vaultAbi, functionName: "deposit" },
      args: [donor.address, settings.fundsXCD / 2n],
    } as never);
    // An approval takes effect after a delay.
    await deployer.increaseTime({ seconds: 30 * 86_400 });
    await deployer.mine({ blocks: 1 });
    this.time = (await deployer.getBlock()).timestamp;
  }

  /**
   * Executes an operation in a block of its own.
   *
   * @returns its bookings, or the name of the error with which it would revert.
   */
  async execute(operation: Operation, time: bigint, expectsRejection: boolean): Promise<Booking[] | string> {
    const call = this.#callOf(operation, time);
    if (expectsRejection) return this.#errorOf(call, time);
    await this.#request("evm_setNextBlockTimestamp", [toHex(time)]);
    const transaction = { ...call, gas: GAS, maxFeePerGas: "0x0", maxPriorityFeePerGas: "0x0" };
    const { status, logs } = await this.#request<{ status: Hex; logs: Log[] }>("eth_sendTransactionSync", [
      transaction,
    ]);
    this.time = time;
    return status === "0x1" ? this.#bookingsIn(logs) : `reverted: ${await this.#errorOf(call, time)}`;
  }

  /** Reads views, in one request. */
  async read<results extends readonly unknown[]>(
    calls: {
      [index in keyof results]: { address: Address; abi: Abi; functionName: string; args?: readonly unknown[] };
    },
  ): Promise<results> {
    const requests = calls.map(({ address, abi, functionName, args = [] }) => ({
      method: "eth_call",
      params: [{ to: address, data: encodeFunctionData({ abi, functionName, args }) }, "latest"],
    }));
    const answers = await this.#batch(requests);
    return calls.map(({ abi, functionName, args = [] }, index) =>
      decodeFunctionResult({ abi, functionName, args, data: answers[index]?.result as Hex }),
    ) as unknown as results;
  }

  /** The pool in which the makers hedge, as the engine computes it. */
  async loadPool(): Promise<SpotPool> {
    const { deployment, deployer } = this.setup;
    const maker = await loadHedgedMaker(deployer, { deployment, maker: deployment.spotHedgeBaseMaker });
    const [leg] = maker.legs;
    if (!leg) throw new Error("The base vault has no spot path");
    const scales = { base: maker.baseScale, quote: 10n ** BigInt(18 - deployment.collateralDecimals) };
    return new SpotPool(leg.pool, leg.sellsToken0, scales);
  }

  /** Price, tick and liquidity of the pool. */
  async poolState(): Promise<{ sqrtPriceX96: bigint; tick: number; liquidity: bigint }> {
    const { base, collateral } = this.deployment;
    const { factory } = this.setup.uniswapV3;
    const [address] = await this.read<[Address]>([
      { address: factory, abi: factoryAbi, functionName: "getPool", args: [base, collateral, SPOT_FEE] },
    ]);
    const [[sqrtPriceX96, tick], liquidity] = await this.read<[[bigint, number], bigint]>([
      { address, abi: poolAbi, functionName: "slot0" },
      { address, abi: poolAbi, functionName: "liquidity" },
    ]);
    return { sqrtPriceX96, tick, liquidity };
  }

  get lensAbi(): Abi {
    return exchangeLensAbi as Abi;
  }

  #address(name: AccountId): Address {
    const address = this.addresses[name];
    if (!address) throw new Error(`The replay has no account "${name}"`);
    return address;
  }

  #callOf(operation: Operation, time: bigint): Call {
    const { marketId, vault, clearingHouse, backstop, pyth, pythId } = this.deployment;
    const address = (name: AccountId) => this.#address(name);
    const call = (from: AccountId, to: Address, abi: Abi, functionName: string, args: readonly unknown[]): Call => ({
      ...{ from: address(from), to, data: encodeFunctionData({ abi, functionName, args }) },
    });
    switch (operation.type) {
      case "publish": {
        const { price, confidence } = operation;
        const update = encodePythUpdates([{ id: pythId, price, confidence, publishTime: time }]);
        const data = encodeFunctionData({ abi: pythAbi, functionName: "updatePriceFeeds", args: [[update]] });
        return { from: this.setup.deployer.address, to: pyth, data, value: toHex(PYTH_FEE) };
      }
      case "deposit": {
        const { account, amountXCD } = operation;
        return call(account, vault, vaultAbi, "depositToMargin", [marketId, address(account), amountXCD]);
      }
      case "withdraw": {
        const { account, amountXCD } = operation;
        return call(account, vault, vaultAbi, "transferMarginToFund", [marketId, address(account), amountXCD]);
      }
      case "trade": {
        const { isReduceOnly = false, taker, maker } = operation;
        const parties = { marketId, isReduceOnly, taker: address(taker), maker: address(maker), deadline: maxUint256 };
        return call(taker, clearingHouse, clearingHouseAbi, "trade", [{ ...operation, ...parties }]);
      }
      case "liquidate": {
        const { account, liquidator, maker, amount } = operation;
        const parties = { account: address(account), liquidator: address(liquidator) };
        const terms = { maker: maker ? address(maker) : zeroAddress, amount, minReward: 0n, priceBound: 0n };
        return call(liquidator, clearingHouse, clearingHouseAbi, "liquidate", [{ marketId, ...parties, ...terms }]);
      }
      case "flagShortfall":
        return call(operation.keeper, backstop, backstopAbi, "flagShortfall", [marketId, address(operation.account)]);
      case "resolveShortfall": {
        const args = [marketId, address(operation.account)];
        return call("arbitrageur", backstop, backstopAbi, "resolveShortfall", args);
      }
      case "deleverage": {
        const { account, caller, counterparties } = operation;
        const args = [marketId, address(account), counterparties.map(address)];
        return call(caller, backstop, backstopAbi, "deleverage", args);
      }
      case "donate":
        return call(operation.donor, vault, vaultAbi, "donate", [marketId, operation.amountXCD]);
      case "swapSpot": {
        const { base, collateral } = this.deployment;
        const { isBaseToQuote, sqrtPriceLimitX96 } = operation;
        const [tokenIn, tokenOut] = isBaseToQuote ? [base, collateral] : [collateral, base];
        const terms = { tokenIn, tokenOut, fee: SPOT_FEE, recipient: address("arbitrageur"), deadline: maxUint256 };
        const args = [{ ...terms, amountIn: MAX_INPUT, amountOutMinimum: 0n, sqrtPriceLimitX96 }];
        return call("arbitrageur", this.setup.uniswapV3.swapRouter, routerAbi, "exactInputSingle", args);
      }
      case "closeGap": {
        const args = [operation.maxAmount];
        return call("arbitrageur", address(operation.maker), spotHedgeQuoteMakerAbi, "closeHedgeGap", args);
      }
      case "rebalance":
        return call("arbitrageur", address(MAKERS.quote), spotHedgeQuoteMakerAbi, "rebalance", []);
      case "depositLp": {
        const args = [operation.amountXCD, 0n, address(operation.lp)];
        return call(operation.lp, address(operation.maker), oracleMakerAbi, "deposit", args);
      }
      case "redeemLp": {
        const args = [operation.shares, 0n, address(operation.lp)];
        return call(operation.lp, address(operation.maker), oracleMakerAbi, "withdraw", args);
      }
    }
  }

  #bookingsIn(logs: Log[]): Booking[] {
    const ours = logs.filter(({ address }) => address.toLowerCase() === this.deployment.vault.toLowerCase());
    const name = (address: Address) => this.#names.get(address.toLowerCase() as Address) ?? address;
    return parseEventLogs({ abi: vaultAbi, logs: ours }).flatMap((event): Booking[] => {
      const { eventName, args } = event;
      switch (eventName) {
        case "PositionsChanged": {
          const { base, quote, price, takerMargin, makerMargin } = args;
          const parties = { taker: name(args.taker), maker: name(args.maker) };
          return [{ type: eventName, ...parties, base, quote, price, takerMargin, makerMargin }];
        }
        case "TradingFeePaid":
          return [{ type: eventName, taker: name(args.taker), amount: args.amount }];
        case "PenaltySettled": {
          const { accountDelta, liquidatorDelta } = args;
          const parties = { account: name(args.account), liquidator: name(args.liquidator) };
          return [{ type: eventName, ...parties, accountDelta, liquidatorDelta }];
        }
        case "InsuranceDonated":
          return [{ type: eventName, donor: name(args.donor), amountXCD: args.amountXCD }];
        case "ShortfallCovered":
          return [{ type: eventName, account: name(args.account), amount: args.amount, insurance: args.insurance }];
        case "MarginReceived":
          return [{ type: "MarginReceived", account: name(args.account), amountXCD: args.amountXCD }];
        case "MarginPaidOut":
        case "MarginToFund":
          return [{ type: "MarginPaidOut", account: name(args.account), amountXCD: args.amountXCD }];
        default:
          return [];
      }
    });
  }

  async #errorOf(call: Call, time: bigint): Promise<string> {
    const [answer] = await this.#batch([
      { method: "eth_call", params: [{ ...call, gas: GAS }, "latest", {}, { time: toHex(time) }] },
    ]);
    const data = answer?.error?.data;
    if (answer?.error === undefined) return "no error";
    const selector = data?.slice(0, 10) ?? "0x";
    return ERRORS.get(selector as Hex) ?? `${selector} ${answer.error.message}`;
  }

  async #request<result>(method: string, params: unknown[]): Promise<result> {
    const [answer] = await this.#batch([{ method, params }]);
    if (!answer || answer.error) throw new Error(`${method}: ${answer?.error?.message}`);
    return answer.result as result;
  }

  async #batch(requests: { method: string; params: unknown[] }[]): Promise<Answer[]> {
    const body = JSON.stringify(requests.map((request, id) => ({ jsonrpc: "2.0", id, ...request })));
    const response = await fetch(this.rpcUrl, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    const answers = (await response.json()) as (Answer & { id: number })[];
    return answers.sort((a, b) => a.id - b.id);
  }
}

type Answer = { result?: unknown; error?: { message: string; data?: Hex } };
