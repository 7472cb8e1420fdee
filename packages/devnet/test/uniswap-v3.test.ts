import { parseEther } from "viem";
import { beforeAll, describe } from "vitest";
import { approveRouter, arbitrageToPrice } from "../src/arbitrage.js";
import { type Token, wrapEther } from "../src/tokens.js";
import {
  addLiquidity,
  createPool,
  deployUniswapV3,
  poolPrice,
  type SpotPool,
  type UniswapV3,
} from "../src/uniswap-v3.js";
import { fundedToken, useLocalChain } from "./local-chain.js";
import { PRICE, testPool } from "./pool-suite.js";

let uniswap: UniswapV3;

const chain = useLocalChain(async ({ client }) => {
  uniswap = await deployUniswapV3(client);
  await wrapEther(client, { weth: uniswap.weth.address, amount: parseEther("1000000") });
});

/** Deploys a token whose address is on the wanted side of WETH's address. */
async function quoteToken(decimals: number, comesFirst: boolean): Promise<Token> {
  for (;;) {
    const token = await fundedToken(chain(), decimals);
    if (BigInt(token.address) < BigInt(uniswap.weth.address) === comesFirst) return token;
  }
}

describe.each([
  ["6 decimals, base first", 6, true],
  ["6 decimals, quote first", 6, false],
  ["18 decimals, base first", 18, true],
  ["18 decimals, quote first", 18, false],
])("a pool of Uniswap v3 against a quote token of %s", (_, quoteDecimals, isBaseFirst) => {
  let pool: SpotPool;

  beforeAll(async () => {
    const { factory, swapRouter, weth: base } = uniswap;
    const quote = await quoteToken(quoteDecimals, !isBaseFirst);
    pool = await createPool(chain().client, { factory, base, quote, fee: 500, price: PRICE });
    await approveRouter(chain().client, { swapRouter, pool });
  });

  testPool(
    { quoteDecimals, isBaseFirst },
    {
      chain,
      pool: () => pool,
      swapRouter: () => uniswap.swapRouter,
      poolPrice: () => poolPrice(chain().client, pool),
      addLiquidity: (amounts, range) => {
        const { positionManager } = uniswap;
        return addLiquidity(chain().client, { positionManager, pool, ...amounts, range, recipient: chain().owner });
      },
      arbitrage: (client, parameters) =>
        arbitrageToPrice(client, { swapRouter: uniswap.swapRouter, pool, ...parameters }),
      fund: (_owner, client, amount) => wrapEther(client, { weth: uniswap.weth.address, amount }),
    },
  );
});
