// The README's example of hooks, which the test writes beside the page.
import type { Deployment } from "@counterpoise/sdk";
import type { Address } from "viem";

export function useTraderPanel(deployment: Deployment, account: Address | undefined): { price: string };
