import { beforeAll, describe } from "vitest";
import { approveRouter, arbitrageToPriceV4 } from "../src/arbitrage.js";
import { mintTestToken, type Token } from "../src/tokens.js";
import {
  addLiquidityV4,
  createPoolV4,
  deployUniswapV4,
  poolPriceV4,
  type SpotPoolV4,
  type UniswapV4,
} from "../src/uniswap-v4.js";
import { fundedToken, useLocalChain } from "./local-chain.js";
import { PRICE, testPool } from "./pool-suite.js";

let uniswap: UniswapV4;

const chain = useLocalChain(async ({ client }) => {
  uniswap = await deployUniswapV4(client);
});

/** Deploys two tokens. The address of the first one is lower if and only if `isBaseFirst`. */
async function pair(quoteDecimals: number, isBaseFirst: boolean): Promise<[Token, Token]> {
  const base = await fundedToken(chain(), 18);
  for (;;) {
    const quote = await fundedToken(chain(), quoteDecimals);
    if (BigInt(base.address) < BigInt(quote.address) === isBaseFirst) return [base, quote];
  }
}

describe.each([
  ["6 decimals, base first", 6, true],
  ["18 decimals, quote first", 18, false],
])("a pool of Uniswap v4 against a quote token of %s", (_, quoteDecimals, isBaseFirst) => {
  let pool: SpotPoolV4;

  beforeAll(async () => {
    const { poolManager, swapRouter } = uniswap;
    const [base, quote] = await pair(quoteDecimals, isBaseFirst);
    pool = await createPoolV4(chain().client, { poolManager, base, quote, fee: 500, tickSpacing: 10, price: PRICE });
    await approveRouter(chain().client, { swapRouter, pool });
  });

  testPool(
    { quoteDecimals, isBaseFirst },
    {
      chain,
      pool: () => pool,
      swapRouter: () => uniswap.swapRouter,
      poolPrice: () => poolPriceV4(chain().client, pool),
      addLiquidity: (amounts, range) =>
        addLiquidityV4(chain().client, { liquidityRouter: uniswap.liquidityRouter, pool, ...amounts, range }),
      arbitrage: (client, parameters) =>
        arbitrageToPriceV4(client, { swapRouter: uniswap.swapRouter, pool, ...parameters }),
      fund: (to, _client, amount) => mintTestToken(chain().client, { token: pool.base, to, amount }),
    },
  );
});
