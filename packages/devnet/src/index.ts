export {
  type Anvil,
  DEVELOPMENT_MNEMONIC,
  type DevnetAccount,
  type StartAnvilParameters,
  startAnvil,
} from "./anvil.js";
export {
  type ArbitrageToPriceParameters,
  type ArbitrageToPriceReturnType,
  approveRouter,
  arbitrageToPrice,
  arbitrageToPriceV4,
} from "./arbitrage.js";
export { type Artifact, forgeArtifact, packageArtifact } from "./artifacts.js";
export {
  type CreateDevnetClientParameters,
  createDevnetClient,
  type DeployContractParameters,
  type DevnetClient,
  deployContract,
  devnetChain,
  settled,
} from "./client.js";
export {
  type DeploymentConfig,
  type DeploymentFeed,
  type RunAdapterScriptParameters,
  type RunDeployScriptParameters,
  runAdapterScript,
  runDeployScript,
  type SpotPathConfig,
} from "./deploy-script.js";
export {
  AnvilPortTakenError,
  AnvilStartError,
  ArbitrageShortfallError,
  ArtifactNotFoundError,
  DeployScriptError,
  TransactionRevertedError,
} from "./errors.js";
export * from "./price-math.js";
export {
  type PriceService,
  type PriceServiceFault,
  type ServiceFeed,
  type StartPriceServiceParameters,
  startPriceService,
  wanderingPrice,
} from "./price-service.js";
export {
  type DeployPythDoubleParameters,
  deployPythDouble,
  encodePythUpdate,
  encodePythUpdates,
  type PythUpdate,
  updatePythDouble,
} from "./pyth-double.js";
export {
  deploySafe,
  deploySafeContracts,
  type PlanSafeParameters,
  planSafe,
  type Safe,
  type SafeAccountParameters,
  type SafeContracts,
  safeAccount,
} from "./safe.js";
export {
  approveToken,
  balanceOf,
  type DeployTestTokenParameters,
  deployTestToken,
  mintTestToken,
  type Token,
  wrapEther,
} from "./tokens.js";
export {
  type AddedLiquidity,
  type AddLiquidityParameters,
  addLiquidity,
  type CreatePoolParameters,
  createPool,
  deployUniswapV3,
  type Liquidity,
  poolPrice,
  type SpotPool,
  type UniswapV3,
} from "./uniswap-v3.js";
export {
  type AddedLiquidityV4,
  type AddLiquidityV4Parameters,
  addLiquidityV4,
  type CreatePoolV4Parameters,
  createPoolV4,
  deployUniswapV4,
  poolKey,
  poolPriceV4,
  type SpotPoolV4,
  type UniswapV4,
} from "./uniswap-v4.js";
