import {
  type Anvil,
  approveToken,
  createDevnetClient,
  type DevnetAccount,
  type DevnetClient,
  deployPythDouble,
  deployTestToken,
  deployUniswapV3,
  mintTestToken,
  runDeployScript,
  type UniswapV3,
  wrapEther,
} from "@counterpoise/devnet";
import type { Deployment, SigningClient } from "@counterpoise/sdk";
import type { Address } from "viem";
import type { ExchangeConfig } from "./market.js";
import { createSpotMarket, type SpotKind, type SpotMarket } from "./spot.js";
import { COLLATERAL_DECIMALS } from "./units.js";

/** An account that the node signs for, with the actions of the SDK and of the devnet. */
export type Party = SigningClient & DevnetClient & { address: Address };

/** The accounts of an Anvil by role, in this order. */
export type Parties = {
  /** Deploys all contracts, owns the spot liquidity and publishes prices. */
  deployer: Party;
  arbitrageur: Party;
  keeper: Party;
  lps: [Party, Party];
  takers: Party[];
  /** Accounts without a role. */
  others: Party[];
};

/** Accounts before the first taker: deployer, arbitrageur, keeper and two LPs. */
export const PARTIES_BEFORE_TAKERS = 5;

export type SetUpExchangeParameters = {
  /** A running chain. */
  anvil: Anvil;
  /** The first price, collateral per base, WAD. */
  price: bigint;
  takers: number;
  /** Where the makers hedge. Default of `quote`: the base vault's path. */
  spot: { base: SpotKind; quote?: SpotKind | undefined };
  /** Base in each spot path, WAD. */
  spotDepth: bigint;
  /** Fee of Pyth for one price, wei. Default 1. */
  pythFee?: bigint | undefined;
  /** Tokens that the parties start with. Collateral is in its own decimals, base WAD. */
  balances: { arbitrageur: Balance; lp: Balance; taker: { collateral: bigint } };
  config: ExchangeConfig;
};

type Balance = { collateral: bigint; base: bigint };

export type ExchangeSetup = Parties & {
  deployment: Deployment;
  uniswapV3: UniswapV3;
  spot: { base: SpotMarket; quote: SpotMarket };
};

/**
 * Deploys a whole exchange through the deployment script, with tokens, a double of Pyth and spot markets. Each party receives
 * its tokens: LPs approve all makers and their request vaults, takers approve the Vault.
 */
export async function setUpExchange(parameters: SetUpExchangeParameters): Promise<ExchangeSetup> {
  const { anvil, price, spot, spotDepth: depth, balances, config } = parameters;
  const parties = partiesOf(anvil, parameters.takers);
  const { deployer, arbitrageur, lps, takers } = parties;
  const uniswapV3 = await deployUniswapV3(deployer);
  const { weth } = uniswapV3;
  const collateral = await deployTestToken(deployer, { decimals: COLLATERAL_DECIMALS });
  const pyth = await deployPythDouble(deployer, { updateFee: parameters.pythFee });

  const give = async (party: Party, { collateral: amount, base = 0n }: { collateral: bigint; base?: bigint }) => {
    await mintTestToken(deployer, { token: collateral.address, to: party.address, amount });
    if (base > 0n) await wrapEther(party, { weth: weth.address, amount: base });
  };
  await give(arbitrageur, balances.arbitrageur);
  const market = { deployer, arbitrageur, uniswapV3, collateral, price, depth };
  const baseMarket = await createSpotMarket(spot.base, market);
  const quoteMarket = spot.quote === undefined ? baseMarket : await createSpotMarket(spot.quote, market);

  const { spotHedgeBaseMaker, spotHedgeQuoteMaker, ...rest } = config;
  const deployment = await runDeployScript({
    rpcUrl: anvil.rpcUrl,
    sender: deployer.address,
    config: {
      ...rest,
      // Fees of zero keep the expected amounts of tests and of the demo short.
      acceptsRisk: true,
      owner: config.owner ?? deployer.address,
      collateral: collateral.address,
      base: weth.address,
      pyth,
      spotHedgeBaseMaker: { spot: baseMarket.path, ...spotHedgeBaseMaker },
      // Without a path of its own, the quote vault shares the base vault's adapter.
      spotHedgeQuoteMaker: spotHedgeQuoteMaker && {
        ...(spot.quote && { spot: quoteMarket.path }),
        ...spotHedgeQuoteMaker,
      },
      whitelistLps: lps.map(({ address }) => address),
    },
  });

  for (const lp of lps) {
    await give(lp, balances.lp);
    await approveMakers(lp, deployment);
  }
  for (const taker of takers) {
    await give(taker, balances.taker);
    await approveToken(taker, { token: collateral.address, spender: deployment.vault });
  }
  return { ...parties, deployment, uniswapV3, spot: { base: baseMarket, quote: quoteMarket } };
}

/** Approves every maker and request vault of a deployment for its asset. */
async function approveMakers(lp: Party, deployment: Deployment): Promise<void> {
  const { collateral, base } = deployment;
  for (const [token, spender] of [
    [collateral, deployment.oracleMaker],
    [collateral, deployment.oracleMakerRequestVault],
    [base, deployment.spotHedgeBaseMaker],
    [base, deployment.spotHedgeBaseMakerRequestVault],
    [collateral, deployment.spotHedgeQuoteMaker],
    [collateral, deployment.spotHedgeQuoteMakerRequestVault],
  ] as const) {
    if (spender) await approveToken(lp, { token, spender });
  }
}

/** The accounts of an Anvil by role. */
export function partiesOf(anvil: Anvil, takerCount: number): Parties {
  const { rpcUrl, chainId } = anvil;
  if (anvil.accounts.length < PARTIES_BEFORE_TAKERS + takerCount) {
    throw new Error(`Anvil has ${anvil.accounts.length} accounts, too few for ${takerCount} takers`);
  }
  const party = ({ address }: DevnetAccount): Party =>
    Object.assign(createDevnetClient({ rpcUrl, account: address, chainId }), { address }) as unknown as Party;
  const [deployer, arbitrageur, keeper, lp1, lp2, ...others] = anvil.accounts.map(party) as [
    ...[Party, Party, Party, Party, Party],
    ...Party[],
  ];
  const [takers, rest] = [others.slice(0, takerCount), others.slice(takerCount)];
  return { deployer, arbitrageur, keeper, lps: [lp1, lp2], takers, others: rest };
}
