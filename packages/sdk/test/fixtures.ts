import {
  type Announcement,
  buildSignedOrder,
  type Deployment,
  type OracleMakerParameters,
  type Order,
  type SignedOrder,
} from "../src/index.js";

/** A file of the deployment script. */
export const deploymentJson = {
  chainId: 31337,
  marketId: 1,
  collateral: "0x5FbDB2315678afecb367f032d93F642f64180aa3",
  collateralSymbol: "USDC",
  collateralDecimals: 6,
  baseSymbol: "WETH",
  baseDecimals: 18,
  base: "0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512",
  pyth: "0x9fE46736679d2D9a65F0992F2272dE9f3c7fa6e0",
  pythId: "0xff61491a931112ddf1bd8147cd1b641375f79f5825126d665480874634fd0ace",
  oracle: "0xCf7Ed3AccA5a467e9e704C703E8D87F634fB0Fc9",
  vault: "0xDc64a140Aa3E981100a9becA4E685f962f0cF6C9",
  clearingHouse: "0x5FC8d32690cc91D4c39d9d3abcBD16989F875707",
  backstop: "0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e",
  breaker: "0x0000000000000000000000000000000000000000",
  timelock: "0x0000000000000000000000000000000000000000",
  lens: "0x610178dA211FEF7D417bC0e6FeD39F05609AD788",
  orderGateway: "0x0165878A594ca255338adfa4d48449f69242Eb8F",
  signedOrderGateway: "0x8f86403A4DE0BB5791fa46B8e795C547942fE4Cf",
  counterfactualVerifier: "0x9d4454B023096f34B160D6B654540c56A1F81688",
  oracleMaker: "0xa513E6E4b8f2a923D98304ec87F64353C4D5C853",
  spotHedgeBaseMaker: "0x2279B7A0a67DB372996a5FaB50D91eAA73d2eBe6",
  spotHedgeBaseMakerAdapter: "0x8A791620dd6260079BF849Dc5567aDC3F2FdC318",
  oracleMakerRequestVault: "0x610178dA211FEF7D417bC0e6FeD39F05609AD788",
  spotHedgeBaseMakerRequestVault: "0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e",
} as const;

export const deployment: Deployment = { ...deploymentJson, marketId: 1n };

const { oracle, vault, clearingHouse, backstop, lens, orderGateway, signedOrderGateway, counterfactualVerifier, pyth } =
  deploymentJson;
const token = (address: string, symbol: string, decimals: number) => ({ address, symbol, decimals });
const maker = { kind: "oracle", name: "oracle", address: deploymentJson.oracleMaker, requestVault: lens };
const base = {
  kind: "spotHedgeBase",
  name: "base",
  address: deploymentJson.spotHedgeBaseMaker,
  requestVault: backstop,
  adapter: deploymentJson.spotHedgeBaseMakerAdapter,
  path: { tokens: [deploymentJson.base, deploymentJson.collateral], fees: [500] },
};
const market = {
  id: 1,
  symbol: "ETH",
  base: token(deploymentJson.base, "WETH", 18),
  feed: { pythId: deploymentJson.pythId },
  makers: [maker, base, { ...maker, name: "second", address: vault }],
};
/** A file of the registry with two markets. */
export const exchangeJson = {
  version: 1,
  name: "main",
  chainId: 31337,
  startBlock: "7",
  collateral: token(deploymentJson.collateral, "USDC", 6),
  pyth,
  exchange: { oracle, vault, clearingHouse, backstop, lens, orderGateway, signedOrderGateway, counterfactualVerifier },
  markets: [market, { ...market, id: 2, symbol: "BTC", base: token(vault, "WBTC", 8), makers: [maker] }],
  contracts: {},
};

/** The parts of {@link exchangeJson}. */
export const exchangeParts = { market, maker, base, token };

export const taker = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";

export const order: Order = {
  taker,
  request: {
    marketId: 1n,
    maker: deployment.oracleMaker,
    isBaseToQuote: false,
    isExactInput: false,
    isReduceOnly: true,
    returnsMargin: false,
    isPoolPriced: false,
    amount: 10n ** 18n,
    oppositeBound: 2_020n * 10n ** 18n,
  },
  previousOrderId: 0n,
  executableAt: 1_700_000_003n,
  lastPriceAt: 1_700_000_013n,
  expiresAt: 1_700_000_063n,
  keeperFee: 10n ** 14n,
  bondXCD: 33_106_000n,
};

/** A signed order with the given terms, else a limit order that buys. */
export const signedOrderWith = (terms: Record<string, unknown> = {}): SignedOrder =>
  buildSignedOrder({
    deployment,
    account: taker,
    kind: "limit",
    isBaseToQuote: false,
    amount: 5n,
    price: 2_000n * 10n ** 18n,
    expiresAt: 1_700_003_600n,
    nonce: 0n,
    id: 7n,
    ...terms,
  } as Parameters<typeof buildSignedOrder>[0]);

/** The announcement of a signed order. */
export const announcement: Announcement = {
  maker: deployment.oracleMaker,
  announcer: taker,
  leg: 0,
  announcedAt: 1n,
  executableAt: 2n,
  expiresAt: 3n,
  relayFeeXCD: 4n,
  bondXCD: 5n,
};

export const oracleMakerParameters: OracleMakerParameters = {
  maxSpread: 10_000,
  minMarginRatio: 120_000,
  maxAbsPosition: 500n * 10n ** 18n,
  lpFee: 200,
  confidenceFactor: 500_000,
  maxConfidencePremium: 5_000,
};
