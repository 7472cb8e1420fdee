// External contracts of a configuration, compared with it before the first transaction.
import { type Address, formatUnits, type PublicClient, parseAbi } from "viem";
import type { ExchangeConfig, MarketConfig } from "./config.js";
import { pathOf } from "./registry.js";
import { isRevert } from "./steps.js";
import { durationToSeconds } from "./units.js";

const abi = parseAbi([
  "function decimals() view returns (uint8)",
  "function symbol() view returns (string)",
  "function description() view returns (string)",
  "function latestRoundData() view returns (uint80, int256 answer, uint256, uint256 updatedAt, uint80)",
  "function getPool(address tokenA, address tokenB, uint24 fee) view returns (address)",
]);

/** Problems of tokens, price sources and pools: no code, other decimals, another quantity, an old answer, no pool. */
export async function externalProblems(client: PublicClient, config: ExchangeConfig): Promise<string[]> {
  const problems: string[] = [];
  const read = async <T>(request: Promise<T>): Promise<T | undefined> => {
    try {
      return await request;
    } catch (error) {
      if (isRevert(error) || /returned no data|ContractFunction/.test(`${(error as Error).name} ${error}`))
        return undefined;
      throw error;
    }
  };
  const hasCode = async (name: string, address: Address) => {
    const code = await client.getCode({ address });
    if (code && code !== "0x") return true;
    problems.push(`${name}: ${address} has no code`);
    return false;
  };
  const token = async (name: string, { address, symbol, decimals }: ExchangeConfig["collateral"]) => {
    if (!(await hasCode(name, address))) return;
    const [actualDecimals, actualSymbol] = await Promise.all([
      read(client.readContract({ address, abi, functionName: "decimals" })),
      read(client.readContract({ address, abi, functionName: "symbol" })),
    ]);
    if (actualDecimals !== decimals)
      problems.push(`${name}: ${address} has ${actualDecimals} decimals, configured ${decimals}`);
    if (actualSymbol !== symbol)
      problems.push(`${name}: ${address} has the symbol ${actualSymbol}, configured ${symbol}`);
  };
  const chainlink = async (name: string, source: NonNullable<MarketConfig["feed"]["chainlink"]>) => {
    const { address, description, heartbeat, minAnswer, maxAnswer } = source;
    if (!(await hasCode(name, address))) return;
    const actual = await read(client.readContract({ address, abi, functionName: "description" }));
    if (actual !== description) problems.push(`${name}: ${address} is ${actual}, configured ${description}`);
    const [round, decimals] = await Promise.all([
      read(client.readContract({ address, abi, functionName: "latestRoundData" })),
      read(client.readContract({ address, abi, functionName: "decimals" })),
    ]);
    if (!round || decimals === undefined) {
      problems.push(`${name}: ${address} has no answer`);
      return;
    }
    const { timestamp } = await client.getBlock();
    const age = timestamp - round[3];
    if (age > durationToSeconds(heartbeat)) problems.push(`${name}: the answer is ${age}s old, heartbeat ${heartbeat}`);
    const answer = Number(formatUnits(round[1], decimals));
    if (answer <= Number(minAnswer) || answer >= Number(maxAnswer)) {
      problems.push(`${name}: the answer ${answer} is not between ${minAnswer} and ${maxAnswer}`);
    }
  };

  await token("collateral", config.collateral);
  await hasCode("pyth", config.pyth.address);
  for (const market of config.markets) {
    const key = `markets.${market.symbol}`;
    await token(`${key}.base`, market.base);
    const { feed } = market;
    if (feed.pyth) await hasCode(`${key}.feed.pyth`, feed.pyth);
    if (feed.chainlink) await chainlink(`${key}.feed.chainlink`, feed.chainlink);
    if (feed.collateral?.chainlink) await chainlink(`${key}.feed.collateral.chainlink`, feed.collateral.chainlink);
    if (feed.sequencer) await hasCode(`${key}.feed.sequencer`, feed.sequencer.address);
    for (const maker of market.makers) {
      if (maker.kind === "oracle") continue;
      const at = `${key}.${maker.name}.path`;
      if (!("uniswapV3Factory" in maker.path)) {
        await hasCode(`${at}.uniswapV4PoolManager`, maker.path.uniswapV4PoolManager);
        continue;
      }
      const factory = maker.path.uniswapV3Factory;
      if (!(await hasCode(`${at}.uniswapV3Factory`, factory))) continue;
      const { tokens, fees } = pathOf(maker, market.base.address, config.collateral.address);
      for (const [i, fee] of fees.entries()) {
        const args = [tokens[i] as Address, tokens[i + 1] as Address, fee] as const;
        const pool = await read(client.readContract({ address: factory, abi, functionName: "getPool", args }));
        if (!pool || BigInt(pool) === 0n)
          problems.push(`${at}: ${factory} has no pool ${args[0]} / ${args[1]} with fee ${fee} ppm`);
      }
    }
  }
  return problems;
}
