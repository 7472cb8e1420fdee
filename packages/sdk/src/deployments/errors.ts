import { BaseError } from "viem";

/** No deployment of this name on this chain is known. */
export class UnknownDeploymentError extends BaseError {
  override name = "UnknownDeploymentError";
  readonly chainId: number;
  readonly deploymentName: string;
  /** The deployments of the package and of the files that were passed, on all chains. */
  readonly known: readonly { chainId: number; name: string }[];
  constructor({ chainId, name, known }: { chainId: number; name: string; known: UnknownDeploymentError["known"] }) {
    const list = known.map((each) => `${each.name} on chain ${each.chainId}`).join(", ") || "none";
    super(`No deployment "${name}" on chain ${chainId} is known. Known: ${list}.`);
    this.chainId = chainId;
    this.deploymentName = name;
    this.known = known.map((each) => ({ chainId: each.chainId, name: each.name }));
  }
}
