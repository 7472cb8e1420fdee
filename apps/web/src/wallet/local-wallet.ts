// Wallets of a stack on this computer: accounts that its node signs for, announced like the wallets of extensions (EIP-6963).
// No other build contains this module.
import type { Address, EIP1193Provider } from "viem";

/** A text that only this module has: a test looks for it in the files of the production build. */
export const LOCAL_WALLET_MARK = "xyz.counterpoise.local-wallet";

const icon = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" fill="#667"/></svg>',
)}`;

/** A request that the node rejected, as EIP-1193 has it. */
class ProviderRpcError extends Error {
  readonly code: number;
  readonly data: unknown;
  constructor({ code, message, data }: { code: number; message: string; data?: unknown }) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

function providerOf(rpcUrl: string, account: Address): Pick<EIP1193Provider, "request" | "on" | "removeListener"> {
  let id = 0;
  const permission = `${LOCAL_WALLET_MARK}.${account}`;
  const request = async ({ method, params = [] }: { method: string; params?: unknown }): Promise<unknown> => {
    // Like the wallet of an extension: no account before the page was permitted.
    if (method === "eth_accounts") return localStorage.getItem(permission) === null ? [] : [account];
    if (method === "eth_requestAccounts" || method === "wallet_requestPermissions") {
      localStorage.setItem(permission, "granted");
      return method === "eth_requestAccounts" ? [account] : [{ parentCapability: "eth_accounts" }];
    }
    if (method === "wallet_revokePermissions") {
      localStorage.removeItem(permission);
      return null;
    }
    id += 1;
    const body = JSON.stringify({ jsonrpc: "2.0", id, method, params });
    const response = await fetch(rpcUrl, { method: "POST", headers: { "content-type": "application/json" }, body });
    const { result, error } = (await response.json()) as { result?: unknown; error?: never };
    if (error) throw new ProviderRpcError(error);
    return result;
  };
  // The node has no events of accounts and chains.
  return { request: request as EIP1193Provider["request"], on: () => {}, removeListener: () => {} };
}

/** Announces a wallet for each account. */
export function announceLocalWallets(rpcUrl: string, accounts: readonly Address[]): void {
  const announce = () =>
    accounts.forEach((account, i) => {
      const info = {
        uuid: `00000000-0000-4000-8000-${account.slice(-12).toLowerCase()}`,
        name: `Local account ${i + 1}`,
        icon,
        rdns: `${LOCAL_WALLET_MARK}.${i + 1}`,
      };
      const detail = Object.freeze({ info, provider: providerOf(rpcUrl, account) });
      window.dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail }));
    });
  window.addEventListener("eip6963:requestProvider", announce);
  announce();
}
