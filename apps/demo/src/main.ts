import { writeFile } from "node:fs/promises";
import path from "node:path";
import { type Anvil, AnvilPortTakenError, type DevnetAccount, startAnvil } from "@counterpoise/devnet";
import { type DemoOptions, parseDemoArgs, USAGE, UsageError } from "./args.js";
import { generateSeries, limitSeries, PriceFileError, type PriceSeries, readPriceFile } from "./prices.js";
import { createProgress } from "./progress.js";
import { brokenLaws, type DemoReport, renderReport, reportToJson } from "./report.js";
import { type SimulationResult, simulate } from "./simulation.js";
import { strategies } from "./strategies.js";
import { createWorld, type World } from "./world.js";

const PPM_TO_WAD = 10n ** 12n;
const SECONDS_PER_DAY = 86_400n;

/** Deployer, arbitrageur, keeper, two LPs, and the takers. */
const ACCOUNTS = 5 + strategies.length;

async function main(): Promise<number> {
  const options = parseDemoArgs(process.argv.slice(2), process.env.INIT_CWD ?? process.cwd());
  if (options.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const series = limitSeries(
    options.prices === undefined ? generateSeries({ seed: options.seed }) : await readPriceFile(options.prices),
    options.steps,
  );
  const first = series.rows[0];
  if (!first) throw new UsageError("--steps leaves nothing to replay");

  const startedAt = Date.now();
  // The chain needs some time of its own, before the series begins, to be deployed in.
  const anvil = await startAnvil({ port: options.port, timestamp: first.timestamp - 3_600, accounts: ACCOUNTS });
  try {
    console.error(`Deploying the exchange, Uniswap v3 and v4 and MockPyth on ${anvil.rpcUrl}`);
    const symbols = { base: baseSymbol(options), quote: "USD" };
    const world = await createWorld({
      anvil,
      price: first.open,
      baseSymbol: symbols.base,
      takers: strategies.length,
    });
    const progress = createProgress({ total: series.rows.length });
    const result = await simulate(world, series.rows, {
      seed: options.seed,
      onStep: (step) => progress.update(step + 1),
    }).finally(() => progress.stop());

    const report = toReport({ series, result, world, symbols, wallTimeMilliseconds: Date.now() - startedAt });
    console.log(renderReport(report, { color: process.stdout.isTTY === true && !process.env.NO_COLOR }));
    if (options.json !== undefined) {
      await writeFile(options.json, reportToJson(report));
      console.error(`Report written to ${options.json}`);
    }
    const broken = brokenLaws(report);
    if (broken.length > 0) console.error(`Broken: ${broken.map(({ id }) => id).join(", ")}`);
    if (options.serve) await serve(anvil, world);
    return broken.length > 0 ? 1 : 0;
  } finally {
    await anvil.stop();
  }
}

const spotExchangeNames = { uniswapV3: "Uniswap v3", uniswapV4: "Uniswap v4" } as const;

/** Market data files are named after what they hold: eth-usd-2018-01-16.csv. */
function baseSymbol({ prices }: DemoOptions): string {
  const [, symbol] = path.basename(prices ?? "").match(/^([a-z]{2,6})-/i) ?? [];
  return (symbol ?? "ETH").toUpperCase();
}

function toReport({
  series,
  result,
  world,
  symbols,
  wallTimeMilliseconds,
}: {
  series: PriceSeries;
  result: SimulationResult;
  world: World;
  symbols: DemoReport["symbols"];
  wallTimeMilliseconds: number;
}): DemoReport {
  const first = series.rows[0] as PriceSeries["rows"][number];
  const last = series.rows.at(-1) as PriceSeries["rows"][number];
  const extreme = (pick: (row: typeof first) => bigint, isBetter: (a: bigint, b: bigint) => boolean) =>
    series.rows.map(pick).reduce((best, price) => (isBetter(price, best) ? price : best));
  return {
    symbols,
    series: {
      name: series.name,
      rows: series.rows.filter(({ filled }) => !filled).length,
      steps: series.rows.length,
      from: first.timestamp,
      to: last.timestamp,
      firstPrice: first.open,
      lastPrice: last.close,
      lowestPrice: extreme(
        (row) => row.low,
        (a, b) => a < b,
      ),
      highestPrice: extreme(
        (row) => row.high,
        (a, b) => a > b,
      ),
    },
    market: {
      status: result.market.status,
      openInterest: { long: result.market.openInterest.takerLong, short: result.market.openInterest.takerShort },
      dailyFunding: result.market.fundingRate * SECONDS_PER_DAY,
      fees: result.fees,
      insurance: result.market.insurance,
      badDebt: result.market.badDebt,
    },
    makers: result.makers.map(({ name, hedgesOn, address, before, after, fills, earnedSpread }) => {
      const isInBase = name === "SpotHedgeBaseMaker";
      const drift = result.laws.drift(address);
      return {
        name,
        hedgesOn: hedgesOn && spotExchangeNames[hedgesOn],
        fills,
        inventory: after.position.size,
        // The vault of quote is only ever short, the one of base only ever long.
        capacity: after.capacity.long > after.capacity.short ? after.capacity.long : after.capacity.short,
        utilization: after.utilization,
        hedgeDrift:
          hedgesOn === undefined
            ? undefined
            : { largest: drift.max, atEnd: drift.last, shortage: isInBase ? result.hedgeShortage : 0n },
        rebalances: name === "SpotHedgeQuoteMaker" ? result.rebalances : undefined,
        earned: earnedSpread,
        asset: isInBase ? symbols.base : symbols.quote,
        totalAssets: after.totalAssets * (isInBase ? 1n : world.collateralScale),
        sharePriceBefore: before.sharePrice,
        sharePriceAfter: after.sharePrice,
      };
    }),
    takers: result.takers.map((taker) => ({
      name: taker.name,
      strategy: taker.what,
      trades: taker.trades,
      size: taker.position.size,
      volume: taker.volume,
      margin: taker.position.margin,
      fees: taker.fees,
      realizedPnl: taker.realizedPnl,
      unrealizedPnl: taker.unrealizedPnl,
      priceAgainstOracle: taker.costAboveOraclePpm * PPM_TO_WAD,
    })),
    orders: { ...result.orders, expired: result.orders.cleared },
    laws: result.laws.figures,
    totals: {
      transactions: result.transactions,
      executions: [...result.executionGas].map(([maker, { count, gas }]) => ({ maker, count, gas })),
      wallTimeMilliseconds,
    },
  };
}

/** Leaves the chain up until somebody presses Ctrl-C. */
async function serve(anvil: Anvil, world: World): Promise<void> {
  const roles = [world.owner, world.arbitrageur, world.keeper, ...world.lps, ...world.takers].map(({ address }, i) => {
    const role = ["owner", "arbitrageur", "keeper", "LP 1", "LP 2"][i] ?? `taker ${strategies[i - 5]?.name}`;
    const { privateKey } = anvil.accounts.find((account) => account.address === address) as DevnetAccount;
    return `  ${role.padEnd(18)}${address}  ${privateKey}`;
  });
  const addresses = Object.entries(world.deployment).map(([name, value]) => `  ${name.padEnd(20)}${value}`);
  console.log(
    [
      "",
      `The chain is up at ${anvil.rpcUrl}. Ctrl-C ends it.`,
      "",
      "Accounts (Anvil's own development keys, known to everybody):",
      ...roles,
      "",
      "Deployment:",
      ...addresses,
    ].join("\n"),
  );
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}

/** What a person can mend is one line; anything else is a fault of ours, and keeps its stack. */
function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) {
    console.error(error.message);
    return 2;
  }
  if (error instanceof PriceFileError || error instanceof AnvilPortTakenError) {
    console.error(error.message);
    return 1;
  }
  if (error instanceof Error && "code" in error && "path" in error) {
    console.error(`Cannot write ${String(error.path)}: ${String(error.code)}`);
    return 1;
  }
  console.error(error);
  return 1;
}

process.exitCode = await main().catch(exitCodeOf);
