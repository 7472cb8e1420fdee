import type { Address } from "viem";
import type { World } from "./world.js";

export type MakerName = "OracleMaker" | "SpotHedgeBaseMaker" | "SpotHedgeQuoteMaker";

/** A maker of the demo. */
export type DemoMaker = {
  name: MakerName;
  address: Address;
  requestVault: Address;
  /** Whether LPs deposit base; else collateral. */
  isInBase: boolean;
  isHedged: boolean;
};

/** The three makers, in the order of the report. */
export function makersOf({ deployment, spotHedgeQuoteMaker }: World): readonly DemoMaker[] {
  return [
    {
      name: "OracleMaker",
      address: deployment.oracleMaker,
      requestVault: deployment.oracleMakerRequestVault,
      isInBase: false,
      isHedged: false,
    },
    {
      name: "SpotHedgeBaseMaker",
      address: deployment.spotHedgeBaseMaker,
      requestVault: deployment.spotHedgeBaseMakerRequestVault,
      isInBase: true,
      isHedged: true,
    },
    {
      name: "SpotHedgeQuoteMaker",
      address: spotHedgeQuoteMaker,
      requestVault: deployment.spotHedgeQuoteMakerRequestVault as Address,
      isInBase: false,
      isHedged: true,
    },
  ];
}
