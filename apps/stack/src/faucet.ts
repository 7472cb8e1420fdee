// A faucet of the devnet: ether and collateral for any address. It refuses other chains.
import { mintTestToken } from "@counterpoise/devnet";
import { DEVNET_CHAIN_ID, DevelopmentOnlyError, listen } from "@counterpoise/service-kit";
import type { Party } from "@counterpoise/testkit";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { type Address, isAddress, parseEther } from "viem";
import { z } from "zod";

const ETHER = parseEther("10");
const COLLATERAL = 10_000n;
/** Milliseconds between two gifts to one address. */
const PAUSE = 10_000;

const body = z.strictObject({ address: z.string().refine((value) => isAddress(value), "expected an address") });

/** Parameters of {@link startFaucet}. */
export type StartFaucetParameters = {
  chainId: number;
  port: number;
  /** Owns the collateral's mint. */
  faucet: Party;
  collateral: Address;
  collateralDecimals: number;
};

/** Starts the faucet on the loopback interface. @throws {DevelopmentOnlyError} on another chain than the devnet */
export async function startFaucet({ chainId, port, faucet, collateral, collateralDecimals }: StartFaucetParameters) {
  if (chainId !== DEVNET_CHAIN_ID)
    throw new DevelopmentOnlyError({ what: "The faucet", chainId, accepted: DEVNET_CHAIN_ID });
  const given = new Map<string, number>();
  const app = new Hono();
  app.post("/v1/faucet", bodyLimit({ maxSize: 1_024 }), async (context) => {
    const parsed = body.safeParse(await context.req.json().catch(() => undefined));
    if (!parsed.success) return context.json({ code: "INVALID_ADDRESS", limit: "an address of 20 bytes" }, 400);
    const address = parsed.data.address as Address;
    const wait = (given.get(address.toLowerCase()) ?? 0) + PAUSE - Date.now();
    if (wait > 0) {
      context.header("Retry-After", String(Math.ceil(wait / 1_000)));
      return context.json({ code: "TOO_MANY_REQUESTS", limit: `one in ${PAUSE / 1_000} s` }, 429);
    }
    given.set(address.toLowerCase(), Date.now());
    if (given.size > 10_000) given.clear();
    const amount = COLLATERAL * 10n ** BigInt(collateralDecimals);
    await mintTestToken(faucet, { token: collateral, to: address, amount });
    await faucet.sendTransaction({ account: faucet.account, chain: faucet.chain, to: address, value: ETHER });
    return context.json({ wei: String(ETHER), collateral: String(amount) });
  });
  return listen(app, { host: "127.0.0.1", port });
}
