import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { type Deployment, parseDeployment } from "@counterpoise/sdk";
import { forgeScript, repositoryRoot } from "@counterpoise/toolchain";
import type { Address, Hex } from "viem";
import { DeployScriptError } from "./errors.js";

const SCRIPT = "packages/contracts/script/Deploy.s.sol:Deploy";
const ADAPTER_SCRIPT = "packages/contracts/script/SpotAdapter.s.sol:DeploySpotAdapter";
/** The only folder that scripts may read and write, by foundry.toml. */
const DEPLOYMENTS = path.join(repositoryRoot, "packages/contracts/deployments");

/** Sources of the market's price; docs/prices.md explains the fields. Features of omitted fields are off. */
export type DeploymentFeed = {
  pythId: Hex;
  maxAge: number;
  maxExecutionAge: number;
  /** Default: the preset's, at most maxAge. */
  maxLiquidationAge?: number | undefined;
  /** Default: 10. */
  freshAge?: number | undefined;
  /** Default: an hour, or the longest maxAge if that is longer, where there is a second source. */
  fallbackAge?: number | undefined;
  /** Default: the preset's. 0: any. */
  maxConfidence?: number | undefined;
  /** Default: the preset's, with an aggregator. */
  maxDeviation?: number | undefined;
  /** Default: Pyth's fee for the updates of one execution. */
  floatFee?: bigint | undefined;
  pyth?: Address | undefined;
  aggregator?: Address | undefined;
  heartbeat?: number | undefined;
  /** Exclusive bounds of the aggregator's answer, WAD dollars; required with an aggregator. */
  minAnswer?: bigint | undefined;
  maxAnswer?: bigint | undefined;
  collateral?:
    | {
        pythId: Hex;
        maxAge: number;
        maxExecutionAge: number;
        /** Default: the preset's, at most maxAge. */
        maxLiquidationAge?: number | undefined;
        /** Maximum seconds between the publish times of base and collateral. Default: 10. */
        maxSkew?: number | undefined;
        aggregator?: Address | undefined;
        heartbeat?: number | undefined;
        minAnswer?: bigint | undefined;
        maxAnswer?: bigint | undefined;
      }
    | undefined;
  sequencerFeed?: Address | undefined;
  sequencerGracePeriod?: number | undefined;
};

/**
 * Where a maker hedges: one to three pools from the base token on, all of Uniswap v3 or all of v4. `fee` is in parts
 * per million. `token` is the token at the far side of the pool. Default in the last pool: the collateral.
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

/** Input of the deployment script. Ratios are parts per million, times seconds, sizes WAD, native amounts wei. */
export type DeploymentConfig = {
  /** Owner of all contracts. It has to accept the ownership unless it is the sender. */
  owner: Address;
  collateral: Address;
  base: Address;
  baseSymbol: string;
  pyth: Address;
  /** Defaults of risk settings, script/Presets.sol. Default: thin. */
  preset?: "major" | "mid" | "thin" | undefined;
  /** Whether settings may break the relations of script/RiskChecks.sol. Default: the script reverts with `UnsafeSetting`. */
  acceptsRisk?: boolean | undefined;
  feed: DeploymentFeed;
  market: {
    initialMarginRatio: number;
    maintenanceMarginRatio: number;
    priceBand: number;
    feeIndexDecimals: number;
    /** Default: the preset's. */
    tradingFee?: number | undefined;
    /** Default: the preset's. */
    liquidationPenalty?: number | undefined;
    /** The liquidator's part of the penalty. Default: the preset's. */
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
  /** WAD per second, WAD per second squared, WAD base. Default: the preset's. A rate of 0: no funding. */
  funding?: { maxRate: bigint; maxVelocity: bigint; skewScale: bigint } | undefined;
  /** WAD per second. Default: the preset's. */
  maxBorrowingRate?: bigint | undefined;
  /** May pause and restrict markets at once. Default: no account. */
  guardian?: Address | undefined;
  /** Seconds. Default: no circuit breaker. */
  breakerWindow?: number | undefined;
  /** Maximum outflow of the Vault's collateral in a window. Default: no limit. */
  breakerMaxOutflow?: number | undefined;
  /** Maximum outflow of the base vault's base in a window. Default: no limit. */
  breakerMaxBaseOutflow?: number | undefined;
  /** Above 0: a timelock with this delay owns all contracts, and `owner` proposes and executes. Default 0. */
  timelockDelay?: number | undefined;
  rules: {
    delay: number;
    priceWindow: number;
    validity: number;
    minKeeperFee: bigint;
    /** Of the base asset, ppm per year: bonds cover 4 standard deviations over the validity. Default: 3,000,000. */
    volatility?: number | undefined;
    /** Whether creation reads the price source: off only where block times are real times by protocol. Default: true. */
    checksClock?: boolean | undefined;
    /** Gas of an execution, for the minimum keeper fee. Default: 350,000. */
    keeperGas?: number | undefined;
    /** Factor on the base fee in the minimum keeper fee, percent. Default: 150. */
    baseFeeFactor?: number | undefined;
  };
  oracleMaker: {
    maxSpread: number;
    minMarginRatio: number;
    maxAbsPosition: bigint;
    /** Default: the preset's. */
    lpFee?: number | undefined;
    /** 1,000,000: one times the confidence. Default: the preset's. */
    confidenceFactor?: number | undefined;
    /** Default: the preset's. Zero if and only if `confidenceFactor` is zero. */
    maxConfidencePremium?: number | undefined;
    /** In the collateral's own decimals. Default: no cap. */
    depositCap?: bigint;
  };
  spotHedgeBaseMaker: {
    spot: SpotPathConfig;
    maxHedgeDeviation: number;
    minMarginRatio: number;
    spread: number;
    /** Maximum funding rate at which the maker accepts increases, ppm of its notional per day. Default: the preset's. 0: no limit. */
    maxCarry?: number;
    /** In the base token's own decimals. Default: no cap. */
    depositCap?: bigint;
  };
  /** Default: no quote vault. */
  spotHedgeQuoteMaker?:
    | {
        /** Default: the path of the base vault. */
        spot?: SpotPathConfig | undefined;
        maxHedgeDeviation: number;
        minMarginRatio: number;
        spread: number;
        /** As for the base vault. */
        maxCarry?: number | undefined;
        /** Margin and reserve that the maker keeps, relative to the position's notional. */
        targetMarginRatio: number;
        reserveRatio: number;
        /** Deviation of the margin from its target at which a keeper may rebalance. */
        rebalanceBand: number;
        /** Margin ratio below which a part of the position is closed, and the maximum deviation of its price. */
        deleverageRatio: number;
        maxDeleverageDeviation: number;
        keeperFeeRatio: number;
        /** In the collateral's own decimals. */
        maxKeeperFee: bigint;
        keeperInterval: number;
        /** Rules of deleveraging. Default: the rules of orders. */
        delay?: number | undefined;
        priceWindow?: number | undefined;
        validity?: number | undefined;
        /** In the collateral's own decimals. Default: no cap. */
        depositCap?: bigint | undefined;
      }
    | undefined;
  /** Rules of LP requests. Default: the rules of orders. */
  lpRequestRules?: { delay: number; validity: number; minKeeperFee: bigint };
  /** Rules of announced signed orders, and the maximum age of a relayer's price. Default: the rules of orders, and ten seconds. */
  signedRules?: {
    delay?: number;
    priceWindow?: number;
    validity?: number;
    relayerMaxAge?: number;
    /** Ppm of the notional. */
    bondRatio?: number;
    /** In the collateral's own decimals. Default: a tenth of a unit. */
    minRelayFee?: bigint;
  };
  /** Accounts that may settle signed orders. Default: none. */
  relayers?: readonly Address[];
  /** Whitelisted LPs of all makers. */
  whitelistLps: readonly Address[];
  /** First balance of the oracle, from which it pays Pyth's fees. */
  oracleFloat: bigint;
  /** Whether later approvals of contracts that carry execution prices wait for a delay. Default: true. */
  sealOracle?: boolean | undefined;
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
 * @throws {DeployScriptError} with forge's output
 */
export async function runDeployScript({ rpcUrl, sender, config }: RunDeployScriptParameters): Promise<Deployment> {
  const variables = { config: "DEPLOYMENT_CONFIG", out: "DEPLOYMENT_OUT" };
  return parseDeployment(await runScript(SCRIPT, { rpcUrl, sender, config, variables }));
}

export type RunAdapterScriptParameters = {
  rpcUrl: string;
  /** An account that the node signs for. It gets no authority over the adapter. */
  sender: Address;
  config: { base: Address; collateral: Address; spot: SpotPathConfig };
};

/**
 * Deploys an adapter of a path, which the owner of a hedged vault can then configure.
 *
 * @throws {DeployScriptError} with forge's output
 */
export async function runAdapterScript({ rpcUrl, sender, config }: RunAdapterScriptParameters): Promise<Address> {
  const variables = { config: "ADAPTER_CONFIG", out: "ADAPTER_OUT" };
  const { adapter } = (await runScript(ADAPTER_SCRIPT, { rpcUrl, sender, config, variables })) as { adapter: Address };
  return adapter;
}

type RunScriptParameters = {
  rpcUrl: string;
  sender: Address;
  config: unknown;
  /** Environment variables with the paths of the script's files. */
  variables: { config: string; out: string };
};

/** Runs a script and returns the JSON that it writes. */
async function runScript(script: string, { rpcUrl, sender, config, variables }: RunScriptParameters): Promise<unknown> {
  await mkdir(DEPLOYMENTS, { recursive: true });
  const folder = await mkdtemp(path.join(DEPLOYMENTS, "local-"));
  try {
    const configFile = path.join(folder, "config.json");
    const outFile = path.join(folder, "out.json");
    await writeFile(
      configFile,
      JSON.stringify(config, (_, value) => (typeof value === "bigint" ? `${value}` : value), 2),
    );
    const { code, output } = await forgeScript(
      folder,
      [
        // --slow sends one transaction after another: transactions sent at once can be reordered and then never be mined.
        ...[
          script,
          "--rpc-url",
          rpcUrl,
          "--broadcast",
          "--slow",
          "--unlocked",
          "--sender",
          sender,
          "--non-interactive",
        ],
        // Reading an aggregator needs more gas to be left than it uses (NotEnoughGasForSource), which estimates do not show.
        ...["--gas-estimate-multiplier", "300"],
      ],
      { [variables.config]: configFile, [variables.out]: outFile },
    );
    if (code !== 0) throw new DeployScriptError(code, output);
    return JSON.parse(await readFile(outFile, "utf8"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
