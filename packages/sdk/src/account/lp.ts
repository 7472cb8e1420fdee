import type { Address, Client } from "viem";
import { getLpClaims, type LpClaims } from "../actions/lp/claims.js";
import { getPendingLpRequests, type PendingLpRequest } from "../actions/lp/queue.js";
import { getMaker, type MakerState } from "../actions/makers.js";
import { type ClientRead, defineClientRead } from "../client/define-read.js";
import type { AccountParameters } from "../client/parameters.js";
import { runBatched } from "../client/run-batched.js";
import { all, view } from "../client/steps.js";
import type { Deployment } from "../deployment.js";
import type { AssetAmount, Wad } from "../units.js";
import { balanceOf } from "./trader.js";

/** Parameters of {@link getLpAccount}. */
export type GetLpAccountParameters = AccountParameters;

/** The state of an LP in one maker. */
export type LpPosition = {
  maker: Address;
  requestVault: Address;
  /** WAD; in the LP's wallet. */
  shares: Wad;
  /**
   * The value of the shares, in the decimals of the maker's asset, down, before the exit fee; undefined while the maker's value
   * is unknown, see `makerState.valueError`.
   */
  value: AssetAmount | undefined;
  /** The part of all shares, WAD, down; zero while there are none. */
  part: Wad;
  /** Settled requests of the LP as controller, to claim. */
  claims: LpClaims;
  /** Pending requests of the LP as controller, in the order of their settlement. */
  requests: PendingLpRequest[];
  makerState: MakerState;
};

const WAD = 10n ** 18n;

/** The makers of a deployment with their request vaults. */
const makersOf = (deployment: Deployment): { maker: Address; requestVault: Address }[] => {
  const { spotHedgeQuoteMaker: maker, spotHedgeQuoteMakerRequestVault: requestVault } = deployment;
  return [
    { maker: deployment.oracleMaker, requestVault: deployment.oracleMakerRequestVault },
    { maker: deployment.spotHedgeBaseMaker, requestVault: deployment.spotHedgeBaseMakerRequestVault },
    ...(maker && requestVault ? [{ maker, requestVault }] : []),
  ];
};

/**
 * Reads the whole state of an LP in every maker of the deployment in at most four requests: shares and their value, claims,
 * pending requests, and the makers. More than about a hundred pending requests of all LPs need a request more.
 *
 * @example
 * const positions = await getLpAccount(client, { deployment, account });
 * const [{ shares, value, claims }] = positions;
 */
export const getLpAccount: ClientRead<GetLpAccountParameters, LpPosition[]> = /* @__PURE__ */ defineClientRead(
  async (client: Client, { deployment, account }: GetLpAccountParameters): Promise<LpPosition[]> => {
    const makers = makersOf(deployment);
    const states = await runBatched(
      client,
      all(
        makers.map(({ maker, requestVault }) =>
          all([
            getMaker.call({ deployment, maker }),
            view(maker, balanceOf, [account]),
            getLpClaims.call({ requestVault, controller: account }),
            getPendingLpRequests.call({ requestVault, controller: account }),
          ]),
        ),
      ),
    );
    return makers.flatMap(({ maker, requestVault }, i): LpPosition[] => {
      const state = states[i];
      if (!state) return [];
      const [makerState, shares, claims, requests] = state;
      const { totalAssets, totalShares } = makerState;
      const shareOf = (amount: bigint) => (totalShares === 0n ? 0n : (amount * shares) / totalShares);
      const value = totalAssets === undefined ? undefined : shareOf(totalAssets);
      return [{ maker, requestVault, shares, value, part: shareOf(WAD), claims, requests, makerState }];
    });
  },
);
