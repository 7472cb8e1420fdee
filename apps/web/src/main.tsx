// Start: configuration, wallets, clients, router.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { type Address, isAddress } from "viem";
import { WagmiProvider } from "wagmi";
import { type AppConfig, InvalidConfigError, parseConfig } from "./config.js";
import { loadDescriptions } from "./errors.js";
import { createAppRouter } from "./router.js";
import { strings } from "./strings.js";
import "./styles/app.css";
import { Notice } from "./ui/index.js";
import { applyTheme } from "./ui/theme.js";
import { walletConfig } from "./wallet/config.js";

async function start(): Promise<void> {
  applyTheme();
  const root = createRoot(document.getElementById("root") as HTMLElement);
  let config: AppConfig;
  let json: unknown;
  try {
    const response = await fetch("/config.json");
    if (!response.ok) throw new InvalidConfigError({ field: "(document)", value: response.status, accepted: "a file" });
    json = await response.json();
    config = parseConfig(json, location.href);
  } catch (error) {
    const detail = error instanceof InvalidConfigError ? error.message : strings.config.failedBody;
    root.render(
      <main className="failed">
        <Notice tone="error" title={strings.config.failedTitle}>
          {detail}
        </Notice>
      </main>,
    );
    return;
  }
  if (import.meta.env.LOCAL_WALLET) {
    const { announceLocalWallets } = await import("./wallet/local-wallet.js");
    const { localAccounts = [] } = json as { localAccounts?: string[] };
    announceLocalWallets(
      config.rpcUrls[0] as string,
      localAccounts.filter((each): each is Address => isAddress(each)),
    );
  }
  const wagmi = walletConfig(config);
  // The app reads again at every interval: a failed read is retried then.
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false, refetchOnWindowFocus: true } } });
  const router = createAppRouter(config, wagmi);
  root.render(
    <StrictMode>
      <WagmiProvider config={wagmi}>
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </WagmiProvider>
    </StrictMode>,
  );
  void loadDescriptions();
}

void start();
