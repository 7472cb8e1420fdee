// The command line: plan, apply and check.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { crashHook, createSigner, Secrets, type Signer } from "@counterpoise/service-kit";
import { repositoryRoot } from "@counterpoise/toolchain";
import { type Address, getAddress, type Hex, isAddress } from "viem";
import { safeTransactions } from "./apply.js";
import { loadConfig } from "./config.js";
import { apply, check, formatPlan, openDeployment, plan } from "./deployment.js";
import { DeployError } from "./errors.js";
import { decodeStep, encodeStep } from "./steps.js";

const USAGE = `usage: npx -y pnpm@10 deployment COMMAND FILE --rpc-url URL [options]

COMMAND
  plan    prints the steps that are not done, in human units; sends nothing
  apply   executes them; a second run changes nothing
  check   compares the chain with the configuration; exit code 1 with a list of differences

FILE      the configuration of the exchange

options
  --rpc-url URL            node of the chain (default: RPC_URL)
  --registry FOLDER        folder of registries (default: deployments)
  --signer KIND            keystore, remote or unlocked (unlocked: the devnet only)
  --keystore FILE          keystore: encrypted key
  --password-file FILE     keystore: its password; only its owner may read the file
  --signer-url URL         remote: JSON-RPC endpoint with eth_signTransaction
  --address ADDRESS        remote, unlocked: the account
  --print FOLDER           writes the calls of owners as files for a Safe, instead of sending them
  --confirmations N        blocks after which the result is read again (default 0)
  --replace-after SECONDS  sends a transaction again with a higher fee (default 60)
  --list FILE              plan: writes the list; apply: executes exactly this list
`;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    "rpc-url": { type: "string" },
    registry: { type: "string" },
    signer: { type: "string" },
    keystore: { type: "string" },
    "password-file": { type: "string" },
    "signer-url": { type: "string" },
    address: { type: "string" },
    print: { type: "string" },
    confirmations: { type: "string" },
    "replace-after": { type: "string" },
    list: { type: "string" },
    help: { type: "boolean" },
  },
});

async function main(): Promise<number> {
  const [command, file] = positionals;
  if (values.help || !command || !file || !["plan", "apply", "check"].includes(command)) {
    console.error(USAGE);
    return values.help ? 0 : 2;
  }
  const rpcUrl = values["rpc-url"] ?? process.env.RPC_URL;
  if (!rpcUrl) throw new DeployError("--rpc-url or RPC_URL is missing");
  const config = loadConfig(path.resolve(file));
  const list = command === "apply" && values.list !== undefined ? readList(values.list) : undefined;
  const deployment = await openDeployment({
    config,
    rpcUrl,
    registry: path.resolve(values.registry ?? path.join(repositoryRoot, "deployments")),
    steps: list,
  });
  if (command === "plan") {
    console.log(formatPlan(await plan(deployment)));
    if (values.list) writeFileSync(values.list, `${deployment.steps.map(encodeStep).join("\n")}\n`);
    return 0;
  }
  if (command === "check") {
    const findings = await check(deployment);
    for (const { subject, kind, message } of findings) console.log(`${subject} (${kind}): ${message}`);
    console.log(findings.length === 0 ? "The chain matches the configuration." : `${findings.length} differences`);
    return findings.length === 0 ? 0 : 1;
  }
  const signer = signerOf(config.chainId, rpcUrl);
  const hook = crashHook(config.chainId);
  const result = await apply(deployment, {
    signer,
    prints: values.print !== undefined,
    confirmations: count("confirmations", 0),
    replaceAfter: count("replace-after", 60),
    ...(config.chainId === 31_337 && { pollInterval: 20 }),
    hook,
    log: console.log,
  });
  for (const [i, batch] of result.printed.entries()) {
    const json = JSON.stringify(safeTransactions(batch, config.chainId), undefined, 2);
    if (values.print === undefined) {
      console.log(`${batch.section}: ${batch.kind} from ${batch.from}\n${json}`);
      continue;
    }
    const name = path.join(values.print, `${i + 1}-${batch.section}-${batch.kind}.json`);
    writeFileSync(name, `${json}\n`);
    console.log(`${batch.section}: ${batch.kind} from ${batch.from} in ${name}`);
  }
  if (result.waiting) {
    const { section, readyAt } = result.waiting;
    console.log(
      `${section}: the operation can be executed from ${new Date(Number(readyAt) * 1_000).toISOString()} on; run apply again`,
    );
  }
  console.log(
    result.isComplete
      ? `Complete. ${result.transactions} transactions.`
      : `Not complete. ${result.transactions} transactions.`,
  );
  return 0;
}

function readList(file: string) {
  if (!existsSync(file)) throw new DeployError(`There is no list at ${file}`);
  return readFileSync(file, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => decodeStep(line as Hex));
}

function count(name: "confirmations" | "replace-after", fallback: number): number {
  const text = values[name];
  if (text === undefined) return fallback;
  if (!/^\d{1,6}$/.test(text)) throw new DeployError(`--${name} is ${text}, expected a number from 0 to 999999`);
  return Number(text);
}

function signerOf(chainId: number, rpcUrl: string): Signer | undefined {
  if (values.signer === undefined) return undefined;
  const required = (name: "keystore" | "password-file" | "signer-url" | "address"): string => {
    const value = values[name];
    if (value === undefined) throw new DeployError(`--signer ${values.signer} needs --${name}`);
    return value;
  };
  const address = (): Address => {
    const text = required("address");
    if (!isAddress(text)) throw new DeployError(`--address is ${text}, expected an address`);
    return getAddress(text);
  };
  const request = async (method: string, params: unknown) => {
    const response = await fetch(rpcUrl, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    });
    const { result, error } = (await response.json()) as { result?: unknown; error?: { message: string } };
    if (error) throw new DeployError(`${method}: ${error.message}`);
    return result;
  };
  const create = (config: Parameters<typeof createSigner>[0]["config"]) =>
    createSigner({ config, chainId, secrets: new Secrets(), request });
  switch (values.signer) {
    case "keystore":
      return create({ type: "keystore", file: required("keystore"), passwordFile: required("password-file") });
    case "remote":
      return create({ type: "remote", url: required("signer-url"), address: address(), timeout: 30_000 });
    case "unlocked":
      return create({ type: "unlocked", address: address() });
  }
  throw new DeployError(`--signer is ${values.signer}, expected keystore, remote or unlocked`);
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof Error)) throw error;
  console.error(`${error.name}: ${error.message}`);
  process.exitCode = 1;
}
