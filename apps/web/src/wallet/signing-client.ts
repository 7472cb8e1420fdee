// The client of the SDK's plans and writes: it signs and sends with the wallet, and reads from the app's own endpoints.
import type { SigningClient } from "@counterpoise/sdk";
import { type Address, type Chain, type Client, createClient, custom, type EIP1193Provider } from "viem";

/** Methods that only the wallet can answer. Wallets' own nodes may lack overrides of state, which quotes need. */
const isWalletMethod = (method: string): boolean =>
  /^(eth_(accounts|requestAccounts|chainId|sendTransaction|signTypedData_v4)|personal_sign|wallet_\w+)$/.test(method);

export function signingClientOf({
  address,
  chain,
  provider,
  reader,
}: {
  address: Address;
  chain: Chain;
  provider: Pick<EIP1193Provider, "request">;
  /** The client of the app's endpoints. */
  reader: Client;
}): SigningClient {
  const request = (each: { method: string; params?: unknown }) =>
    isWalletMethod(each.method) ? provider.request(each as never) : reader.request(each as never);
  return createClient({
    account: address,
    chain,
    pollingInterval: reader.pollingInterval,
    // No retries: a transaction that seems to have failed must not be sent twice.
    transport: custom({ request }, { retryCount: 0 }),
  });
}
