import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { foundryBinary, repositoryRoot } from "@counterpoise/toolchain";
import type { Address, Hex } from "viem";
import { DeployScriptError } from "./errors.js";

const SCRIPT = "packages/contracts/script/Deploy.s.sol:Deploy";
const ADAPTER_SCRIPT = "packages/contracts/script/SpotAdapter.s.sol:DeploySpotAdapter";
/** The one folder that scripts may read and write, by foundry.toml. */
const DEPLOYMENTS = path.join(repositoryRoot, "packages/contracts/deployments");

/** Where the market's price comes from; docs/prices.md has the fields. What is left out is not used. */
export type DeploymentFeed = {
  pythId: Hex;
  maxAge: number;
  maxExecutionAge: number;
  /** Default: maxAge. */
  maxLiquidationAge?: number | undefined;
  /** Default: maxAge, where there is a second source. */
  fallbackAge?: number | undefined;
  maxConfidence?: number | undefined;
  maxDeviation?: number | undefined;
  /** Default: what Pyth asks for the updates of one execution. */
  floatFee?: bigint | undefined;
  pyth?: Address | undefined;
  aggregator?: Address | undefined;
  heartbeat?: number | undefined;
  collateral?:
    | {
        pythId: Hex;
        maxAge: number;
        maxExecutionAge: number;
        /** Default: maxAge. */
        maxLiquidationAge?: number | undefined;
        aggregator?: Address | undefined;
        heartbeat?: number | undefined;
      }
    | undefined;
  sequencerFeed?: Address | undefined;
  sequencerGracePeriod?: number | undefined;
};

/**
 * Where a vault hedges: one to three pools from the base token on, all of Uniswap v3 or all of v4. `fee` is in parts per
 * million; `token` is what the pool leads to, and may be left out in the last one, where it is the collateral.
 */
export type SpotPathConfig =
  | {
      uniswapV3Factory: Address;
      pools: readonly { fee: number; token?: Address | undefined }[];
    }
  | {
      uniswapV4PoolManager: Address;
      /** Pools without hooks. */
      pools: readonly { fee: number; tickSpacing: number; token?: Address | undefined }[];
    };

/** What the deployment script reads. Ratios are parts per million, times seconds, sizes WAD, native amounts wei. */
export type DeploymentConfig = {
  /** Owner of all contracts; accepts ownership itself when it is not the sender. */
  owner: Address;
  collateral: Address;
  base: Address;
  baseSymbol: string;
  pyth: Address;
  feed: DeploymentFeed;
  market: {
    initialMarginRatio: number;
    maintenanceMarginRatio: number;
    priceBand: number;
    feeIndexDecimals: number;
    /** Default 0. */
    tradingFee?: number | undefined;
    /** Default 2.5%. */
    liquidationPenalty?: number | undefined;
    /** The liquidator's part of the penalty. Default a half. */
    liquidatorShare?: number | undefined;
    /** WAD quote. Default 10. */
    minPositionValue?: bigint | undefined;
    /** WAD quote. Default 5. */
    liquidationBounty?: bigint | undefined;
    /** Default an hour. */
    deleverageWindow?: number | undefined;
    /** Default three days. */
    settlementDelay?: number | undefined;
  };
  /** WAD per second, WAD per second squared, WAD base. Default: no funding. */
  funding?: { maxRate: bigint; maxVelocity: bigint; skewScale: bigint } | undefined;
  /** WAD per second. Default 0. */
  maxBorrowingRate?: bigint | undefined;
  /** Who may tighten at once. Default: nobody. */
  guardian?: Address | undefined;
  /** Seconds. Makes a circuit breaker; default none. */
  breakerWindow?: number | undefined;
  /** What may leave of the Vault's collateral in a window. Default: not limited. */
  breakerMaxOutflow?: number | undefined;
  /** What may leave of the hedged vault's base in a window. Default: not limited. */
  breakerMaxBaseOutflow?: number | undefined;
  /** With a delay, a timelock of it owns all contracts, and `owner` proposes and executes. Default 0: none. */
  timelockDelay?: number | undefined;
  rules: { delay: number; priceWindow: number; validity: number; minKeeperFee: bigint };
  oracleMaker: {
    maxSpread: number;
    minMarginRatio: number;
    maxAbsPosition: bigint;
    /** Default 0. */
    lpFee?: number | undefined;
    /** 1,000,000 is once the confidence. Default 0. */
    confidenceFactor?: number | undefined;
    /** Default 0; not zero exactly when `confidenceFactor` is not. */
    maxConfidencePremium?: number | undefined;
    /** In the collateral's own decimals; default none. */
    depositCap?: bigint;
  };
  spotHedgeBaseMaker: {
    spot: SpotPathConfig;
    maxHedgeDeviation: number;
    minMarginRatio: number;
    spread: number;
    /** Greatest funding that the vault pays while it still grows, ppm of its notional per day; default no limit. */
    maxCarry?: number;
    /** In the base token's own decimals; default none. */
    depositCap?: bigint;
  };
  /** A spot-hedged vault of quote beside the one of base. Default: none. */
  spotHedgeQuoteMaker?:
    | {
        /** Default: where the vault of base hedges. */
        spot?: SpotPathConfig | undefined;
        maxHedgeDeviation: number;
        minMarginRatio: number;
        spread: number;
        /** Of the position's notional: what is kept as margin, and what is kept beside it. */
        targetMarginRatio: number;
        reserveRatio: number;
        /** How far off its target the margin is moved. */
        rebalanceBand: number;
        /** Below which a part of the position is closed, and how far from the price. */
        deleverageRatio: number;
        maxDeleverageDeviation: number;
        keeperFeeRatio: number;
        /** In the collateral's own decimals. */
        maxKeeperFee: bigint;
        keeperInterval: number;
        /** Of deleveraging; default those of orders. */
        delay?: number | undefined;
        priceWindow?: number | undefined;
        validity?: number | undefined;
        /** In the collateral's own decimals; default none. */
        depositCap?: bigint | undefined;
      }
    | undefined;
  /** Requests of LPs; default the delay, validity and fee of orders. */
  lpRequestRules?: { delay: number; validity: number; minKeeperFee: bigint };
  /** Announced signed orders, and seconds that a relayer's price may be old; default those of orders, and ten. */
  signedRules?: {
    delay?: number;
    priceWindow?: number;
    validity?: number;
    relayerMaxAge?: number;
    minKeeperFee?: bigint;
  };
  /** Who may settle signed orders. Default: nobody. */
  relayers?: readonly Address[];
  /** LPs of both makers. */
  whitelistLps: readonly Address[];
  /** What the oracle starts with, for Pyth's fees. */
  oracleFloat: bigint;
  /** Whether contracts that are to carry execution prices wait for a delay from now on. Default: true. */
  sealOracle?: boolean | undefined;
};

/** What the deployment script writes. */
export type Deployment = {
  chainId: number;
  marketId: number;
  collateral: Address;
  base: Address;
  pyth: Address;
  pythId: Hex;
  oracle: Address;
  vault: Address;
  clearingHouse: Address;
  backstop: Address;
  breaker: Address;
  timelock: Address;
  lens: Address;
  orderGateway: Address;
  signedOrderGateway: Address;
  counterfactualVerifier: Address;
  oracleMaker: Address;
  spotHedgeBaseMakerAdapter: Address;
  spotHedgeBaseMaker: Address;
  oracleMakerRequestVault: Address;
  spotHedgeBaseMakerRequestVault: Address;
  /** The zero address without one. */
  spotHedgeQuoteMaker: Address;
  spotHedgeQuoteMakerRequestVault: Address;
  spotHedgeQuoteMakerAdapter: Address;
};

export type RunDeployScriptParameters = {
  rpcUrl: string;
  /** An account that the node signs for. */
  sender: Address;
  config: DeploymentConfig;
};

/**
 * Deploys the exchange with the script that a real deployment uses, through `forge script`.
 *
 * @throws {DeployScriptError} with what forge printed
 */
export async function runDeployScript({ rpcUrl, sender, config }: RunDeployScriptParameters): Promise<Deployment> {
  return runScript(SCRIPT, {
    rpcUrl,
    sender,
    config,
    variables: { config: "DEPLOYMENT_CONFIG", out: "DEPLOYMENT_OUT" },
  });
}

export type RunAdapterScriptParameters = {
  rpcUrl: string;
  /** An account that the node signs for; it gets no right to the adapter. */
  sender: Address;
  config: { base: Address; collateral: Address; spot: SpotPathConfig };
};

/**
 * Deploys an adapter of a path, for the owner of a hedged vault to name.
 *
 * @throws {DeployScriptError} with what forge printed
 */
export async function runAdapterScript({ rpcUrl, sender, config }: RunAdapterScriptParameters): Promise<Address> {
  const variables = { config: "ADAPTER_CONFIG", out: "ADAPTER_OUT" };
  const { adapter } = await runScript<{ adapter: Address }>(ADAPTER_SCRIPT, { rpcUrl, sender, config, variables });
  return adapter;
}

type RunScriptParameters = {
  rpcUrl: string;
  sender: Address;
  config: unknown;
  /** Environment variables that the script finds its files by. */
  variables: { config: string; out: string };
};

async function runScript<result>(
  script: string,
  { rpcUrl, sender, config, variables }: RunScriptParameters,
): Promise<result> {
  await mkdir(DEPLOYMENTS, { recursive: true });
  const folder = await mkdtemp(path.join(DEPLOYMENTS, "local-"));
  try {
    const configFile = path.join(folder, "config.json");
    const outFile = path.join(folder, "out.json");
    await writeFile(
      configFile,
      JSON.stringify(config, (_, value) => (typeof value === "bigint" ? `${value}` : value), 2),
    );
    await forgeScript(
      // Slow: one transaction after the other. Sent at once, the first may be overtaken, and the rest waits for ever.
      [script, "--rpc-url", rpcUrl, "--broadcast", "--slow", "--unlocked", "--sender", sender, "--non-interactive"],
      {
        [variables.config]: configFile,
        [variables.out]: outFile,
        // Runs side by side do not share it.
        FOUNDRY_BROADCAST: path.join(folder, "broadcast"),
        FOUNDRY_OFFLINE: "true",
      },
    );
    return JSON.parse(await readFile(outFile, "utf8"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function forgeScript(args: string[], env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(foundryBinary("forge"), ["script", ...args, "--color", "never"], {
      cwd: repositoryRoot,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (chunk) => {
      output += chunk;
    });
    child.stderr.setEncoding("utf8").on("data", (chunk) => {
      output += chunk;
    });
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve() : reject(new DeployScriptError(code, output))));
  });
}
