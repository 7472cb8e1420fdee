import { writeFile } from "node:fs/promises";
import path from "node:path";
import { describeTaker } from "@counterpoise/agents";
import { type Anvil, AnvilPortTakenError, type DevnetAccount, startAnvil } from "@counterpoise/devnet";
import { COLLATERAL_SCALE } from "@counterpoise/testkit";
import { type DemoOptions, parseDemoArgs, USAGE, UsageError } from "./args.js";
import { ConfigError, type DemoConfig, defaultConfig, readConfig } from "./config.js";
import { generateSeries, limitSeries, PriceFileError, type PriceSeries, readPriceFile } from "./prices.js";
import { createProgress } from "./progress.js";
import { brokenLaws, type DemoReport, renderReport, reportToJson } from "./report.js";
import { type SimulationResult, simulate } from "./simulation.js";
import { accountsOf, createWorld, rolesOf, type World } from "./world.js";

const SECONDS_PER_DAY = 86_400n;

async function main(): Promise<number> {
  const options = parseDemoArgs(process.argv.slice(2), process.env.INIT_CWD ?? process.cwd());
  if (options.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const config = options.config === undefined ? defaultConfig : await readConfig(options.config);
  const series = limitSeries(
    options.prices === undefined ? generateSeries({ seed: options.seed }) : await readPriceFile(options.prices),
    options.steps,
  );
  const first = series.rows[0];
  if (!first) throw new UsageError("the price series has no rows to replay");

  const startedAt = Date.now();
  // The deployment takes place in the hour before the series begins.
  const anvil = await startAnvil({
    port: options.port,
    timestamp: first.timestamp - 3_600,
    accounts: accountsOf(config),
  });
  try {
    console.error(`Deploying the exchange, Uniswap v3 and v4, and a double of Pyth on ${anvil.rpcUrl}`);
    const symbols = { base: baseSymbol(options), quote: "USD" };
    const world = await createWorld({
      anvil,
      price: first.open,
      baseSymbol: symbols.base,
      config,
    });
    const progress = createProgress({ total: series.rows.length });
    const result = await simulate(world, series, {
      seed: options.seed,
      onRow: (row) => progress.update(row + 1),
    }).finally(() => progress.stop());

    const report = toReport({ series, config, result, symbols, wallTimeMilliseconds: Date.now() - startedAt });
    console.log(renderReport(report, { color: process.stdout.isTTY === true && !process.env.NO_COLOR }));
    if (options.json !== undefined) {
      await writeFile(options.json, reportToJson(report));
      console.error(`Report written to ${options.json}`);
    }
    const broken = brokenLaws(report);
    if (broken.length > 0) console.error(`Broken laws: ${broken.map(({ id }) => id).join(", ")}`);
    if (options.serve) await serve(anvil, world);
    return broken.length > 0 ? 1 : 0;
  } finally {
    await anvil.stop();
  }
}

const spotExchangeNames = { uniswapV3: "Uniswap v3", uniswapV4: "Uniswap v4" } as const;

/** Reads the base symbol from the name of a price file, such as eth-usd-2018-01-16.csv. Default: ETH. */
function baseSymbol({ prices }: DemoOptions): string {
  const [, symbol] = path.basename(prices ?? "").match(/^([a-z]{2,6})-/i) ?? [];
  return (symbol ?? "ETH").toUpperCase();
}

function toReport({
  series,
  config,
  result,
  symbols,
  wallTimeMilliseconds,
}: {
  series: PriceSeries;
  config: DemoConfig;
  result: SimulationResult;
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
      rows: series.rows.length,
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
    feed: {
      ...result.feed,
      gaps: {
        count: result.feed.gaps.length,
        longest: Math.max(0, ...result.feed.gaps.map(({ from, to }) => to - from)),
      },
    },
    makers: result.makers.map((maker) => {
      const { name, address, hedgesOn, isInBase, state, before, after, fills, attribution, lp, shortage } = maker;
      const drift = result.laws.drift(address);
      const { totalAssets } = state;
      return {
        name,
        hedgesOn: hedgesOn && spotExchangeNames[hedgesOn],
        fills,
        inventory: state.position.size,
        // The quote vault is never long, the base vault never short.
        capacity: state.capacity.long > state.capacity.short ? state.capacity.long : state.capacity.short,
        utilization: state.utilization,
        hedgeDrift: hedgesOn === undefined ? undefined : { largest: drift.largest, atEnd: drift.last, shortage },
        rebalances: name === "SpotHedgeQuoteMaker" ? result.rebalances : undefined,
        attribution,
        lp,
        asset: isInBase ? symbols.base : symbols.quote,
        totalAssets: totalAssets === undefined ? undefined : totalAssets * (isInBase ? 1n : COLLATERAL_SCALE),
        sharePriceBefore: before.sharePrice,
        sharePriceAfter: after.sharePrice,
      };
    }),
    takers: result.takers,
    agents: [
      ...config.population.takers.map((spec) => ({ name: spec.name, description: describeTaker(spec) })),
      { name: "liquidator", description: "closes what it takes over" },
    ],
    orders: result.orders,
    liquidations: { ...result.liquidations, delay: config.population.liquidator.delay },
    lpRequests: result.lpRequests,
    laws: result.laws.figures,
    totals: {
      transactions: result.transactions,
      executions: result.executionGas,
      wallTimeMilliseconds,
    },
  };
}

/** Keeps the chain running until the user presses Ctrl-C. */
async function serve(anvil: Anvil, world: World): Promise<void> {
  const roles = rolesOf(world).map(({ name, address }) => {
    const { privateKey } = anvil.accounts.find((account) => account.address === address) as DevnetAccount;
    return `  ${name.padEnd(18)}${address}  ${privateKey}`;
  });
  const addresses = Object.entries(world.deployment).map(([name, value]) => `  ${name.padEnd(32)}${value}`);
  console.log(
    [
      "",
      `The chain is running at ${anvil.rpcUrl}. Press Ctrl-C to end it.`,
      "",
      "Accounts (Anvil's public development keys: use them on this chain only):",
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

/** Prints an error that the user can correct in one line, and any other error with its stack. Returns the exit code. */
function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) {
    console.error(error.message);
    return 2;
  }
  if (error instanceof PriceFileError || error instanceof ConfigError || error instanceof AnvilPortTakenError) {
    console.error(error.message);
    return 1;
  }
  // Every other failure is one line, too. The stack helps those who work on the demo.
  console.error(process.env.DEMO_STACK ? error : `${firstLine(error)} (DEMO_STACK=1 prints all of it)`);
  return 1;
}

/** The line of an error's message that names the problem: of a failed deployment, that of forge. */
function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const lines = message.split("\n").map((line) => line.trim());
  const cause = lines.find((line) => /^Error: /.test(line));
  return cause === undefined ? (lines[0] as string) : `The deployment failed: ${cause.replace(/^Error: /, "")}`;
}

process.exitCode = await main().catch(exitCodeOf);
