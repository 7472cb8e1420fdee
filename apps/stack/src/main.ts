// The stack as a command: `pnpm stack`.
import path from "node:path";
import { createLogger, pause, runUntilSignal, Secrets } from "@counterpoise/service-kit";
import { formatUnits } from "viem";
import { ArgsError, HELP, parseStackArgs } from "./args.js";
import { type Stack, StackRunsError, startStack } from "./stack.js";

async function main(): Promise<number> {
  const args = parseStackArgs(process.argv.slice(2));
  if (args === "help") {
    console.log(HELP);
    return 0;
  }
  const log = createLogger({
    name: "stack",
    level: (process.env.LOG_LEVEL ?? "warn") as "warn",
    secrets: new Secrets(),
  });
  const folder = path.resolve(args.folder ?? ".counterpoise/stack");
  let stack: Stack | undefined;
  return runUntilSignal({
    log,
    patience: 30_000,
    run: async (signal) => {
      console.log("Starting. The first start deploys the exchange, which takes some seconds.");
      stack = await startStack(args, { folder, log });
      console.log(overview(stack, folder));
      await pause(args.seconds === undefined ? 2 ** 31 - 1 : args.seconds * 1_000, signal);
    },
    close: async () => {
      if (stack) console.log("\nStopping. The next start goes on from here; --reset deletes it.");
      await stack?.stop();
    },
  });
}

function overview(
  { venue, rpcUrl, priceUrl, faucetUrl, databaseUrl, relayerUrl, keeperUrls, indexerUrl, webUrl }: Stack,
  folder: string,
): string {
  const { deployment, takers, lps, keepers, visitors, isResumed, anvil } = venue;
  const accounts = [
    ...lps.map(({ address }, i) => [`LP ${i + 1}`, address]),
    ...takers.map(({ address }, i) => [`taker ${i + 1}`, address]),
    ...keepers.map(({ address }, i) => [`keeper ${i + 1}`, address]),
    ["relayer", venue.relayer.address],
    ["faucet", venue.faucet.address],
    ...visitors.map(({ address }, i) => [`web app ${i + 1}`, address]),
  ];
  const price = formatUnits(venue.prices.priceOf(deployment.pythId), 18);
  return `
Counterpoise, ${isResumed ? "going on from the last start" : "newly deployed"}, ${deployment.baseSymbol} at ${price}

  web app       ${webUrl}
  chain         ${rpcUrl} (chain id ${anvil.chainId}, one block a second)
  prices        ${priceUrl} (Hermes' interface, feed ${deployment.pythId})
  faucet        curl -X POST ${faucetUrl} -d '{"address":"0x..."}'
  relayer       ${relayerUrl} (its API: ${relayerUrl}/v1/openapi.json)
  indexer       ${indexerUrl} (its API: ${indexerUrl}/v1/openapi.json; its lag: ${indexerUrl}/v1/health)
  keepers       ${keeperUrls.map((url) => `${url}/health`).join(" ")}
  database      ${databaseUrl.replace(/:[^:@]+@/, ":...@")}
  deployment    ${venue.deploymentFile}
  signed orders ${path.join(folder, "orders.jsonl")} (one in JSON a line)

Accounts. The node signs for all but the relayer; their keys are public, from Anvil's mnemonic:
${accounts.map(([name, address]) => `  ${name?.padEnd(10)} ${address}`).join("\n")}

Ctrl-C ends it.`;
}

try {
  process.exitCode = await main();
} catch (error) {
  const isKnown =
    error instanceof ArgsError ||
    error instanceof StackRunsError ||
    (error as { code?: string }).code?.startsWith("ERR_PARSE_ARGS");
  console.error(isKnown ? (error as Error).message : error);
  process.exitCode = isKnown ? 2 : 1;
}
