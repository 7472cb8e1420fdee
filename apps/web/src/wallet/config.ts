// wagmi's configuration: the chain of the markets, and every wallet that announces itself (EIP-6963).
import { type Chain, defineChain, fallback, http, type Transport } from "viem";
import { createConfig, createStorage } from "wagmi";
import { injected } from "wagmi/connectors";
import type { AppConfig } from "../config.js";

/** The chain of the configuration's markets. */
export const chainOf = ({ chainName, nativeSymbol, rpcUrls, markets: [{ chainId }] }: AppConfig): Chain =>
  defineChain({
    id: chainId,
    name: chainName,
    nativeCurrency: { name: nativeSymbol, symbol: nativeSymbol, decimals: 18 },
    rpcUrls: { default: { http: [...rpcUrls] } },
  });

/** Reads: several endpoints, each with a hard timeout, and requests of one moment in one message. */
export const transportOf = ({ rpcUrls }: AppConfig): Transport => {
  const endpoints = rpcUrls.map((url) => http(url, { batch: true, timeout: 8_000, retryCount: 1 }));
  return endpoints.length === 1 ? (endpoints[0] as Transport) : fallback(endpoints, { retryCount: 0 });
};

export function walletConfig(config: AppConfig) {
  const chain = chainOf(config);
  return createConfig({
    chains: [chain],
    transports: { [chain.id]: transportOf(config) },
    pollingInterval: config.pollingInterval,
    connectors: [injected()],
    storage: createStorage({ storage: localStorage, key: "counterpoise" }),
    multiInjectedProviderDiscovery: true,
  });
}
