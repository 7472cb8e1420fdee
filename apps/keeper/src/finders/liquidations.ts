import {
  type AccountState,
  deleverage,
  flagShortfall,
  getAccount,
  getDeleveragingRanks,
  liquidate,
} from "@counterpoise/sdk";
import { clearingHouseAbi } from "@counterpoise/sdk/abis";
import { revertOf } from "@counterpoise/service-kit";
import { type Address, decodeFunctionResult, type Hex } from "viem";
import { call } from "viem/actions";
import { callOf, type Finder, type FinderContext, type Work } from "../work.js";

/** Most accounts of one deleveraging. */
const MAX_COUNTERPARTIES = 12;

type Holder = AccountState & { account: Address };

/**
 * Liquidates accounts below their maintenance requirement, against the maker that leaves the largest reward. An account whose
 * loss exceeds insurance is flagged, and deleveraged against the accounts with the highest rank.
 */
export const liquidations: Finder = {
  kinds: ["liquidation", "shortfall", "deleveraging"],
  async find(context) {
    const { market, client, block } = context;
    const { deployment } = market;
    const accounts = await market.accounts(client, block);
    const states = await Promise.all(
      accounts.map(
        async (account): Promise<Holder> => ({ account, ...(await getAccount(client, { deployment, account })) }),
      ),
    );
    const due = states.filter(({ isLiquidatable, size }) => isLiquidatable && size !== 0n);
    const works = await Promise.all(due.map((each) => liquidationOf(context, each, states)));
    return works.flat();
  },
};

const rewardOf = (result: Hex): bigint =>
  decodeFunctionResult({ abi: clearingHouseAbi, functionName: "liquidate", data: result })[1];

async function liquidationOf(
  context: FinderContext,
  { account, size }: Holder,
  states: readonly Holder[],
): Promise<Work[]> {
  const { market, client, keeper } = context;
  const { deployment } = market;
  const makers = [deployment.oracleMaker, deployment.spotHedgeBaseMaker, deployment.spotHedgeQuoteMaker].filter(
    (maker): maker is Address => maker !== undefined && maker.toLowerCase() !== account.toLowerCase(),
  );
  const caller = { account: { address: keeper } };
  let needsDeleveraging = false;
  const tried = await Promise.all(
    makers.map(async (maker) => {
      const prepared = callOf(liquidate.call({ deployment, account, maker, liquidator: keeper }, caller));
      try {
        const { data = "0x" } = await call(client, { account: keeper, ...prepared });
        return { prepared, reward: rewardOf(data) };
      } catch (error) {
        const revert = revertOf(error);
        if (revert?.errorName === "DeleverageFirst") needsDeleveraging = true;
        if (!revert) throw error;
        return undefined;
      }
    }),
  );
  const best = tried.reduce((a, b) => (b && (!a || b.reward > a.reward) ? b : a), undefined);
  const key = `${deployment.clearingHouse}:${deployment.marketId}:${account}`;
  if (best) {
    // The position takes a second liquidation when one closes a part only.
    return [{ key: `liquidation:${key}`, kind: "liquidation", ...best.prepared, income: { quote: best.reward } }];
  }
  if (!needsDeleveraging) {
    // No maker takes the position: the keeper's own take-over, if it has margin, else the reason is in the simulation.
    const prepared = callOf(liquidate.call({ deployment, account, liquidator: keeper }, caller));
    return [
      {
        key: `liquidation:${key}`,
        kind: "liquidation",
        ...prepared,
        income: {},
        incomeOf: (result) => ({ quote: rewardOf(result) }),
      },
    ];
  }
  const opposite = states.filter(
    (each) => each.account !== account && each.size !== 0n && each.size > 0n !== size > 0n,
  );
  const ranks = await getDeleveragingRanks(client, {
    deployment,
    account,
    candidates: opposite.map((each) => each.account),
  });
  const counterparties = ranks
    .filter(({ rank }) => rank > 0n)
    .slice(0, MAX_COUNTERPARTIES)
    .map((each) => each.account);
  const works: Work[] = [
    { key: `shortfall:${key}`, kind: "shortfall", ...callOf(flagShortfall.call({ deployment, account })), income: {} },
  ];
  if (counterparties.length > 0) {
    const prepared = callOf(deleverage.call({ deployment, account, counterparties }));
    works.push({ key: `deleveraging:${key}`, kind: "deleveraging", ...prepared, income: {} });
  }
  return works;
}
