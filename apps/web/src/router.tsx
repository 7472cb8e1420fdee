// Addresses of the app: `/trade/ETH-USDC`.
import {
  createRootRoute,
  createRoute,
  createRouter,
  type ErrorComponentProps,
  Link,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { type ReactNode, useEffect, useMemo } from "react";
import type { Client } from "viem";
import type { Config } from "wagmi";
import { getClient } from "wagmi/actions";
import { type AppConfig, marketName } from "./config.js";
import { AppProvider, useApp } from "./data/context.js";
import { startPriceFeed } from "./data/price-feed.js";
import { IndexBanner } from "./index-banner.js";
import { StatusBar } from "./status-bar.js";
import { strings } from "./strings.js";
import { TradePage } from "./trade/trade-page.js";
import { Notice } from "./ui/index.js";
import { ThemeSelect } from "./ui/theme.js";
import { WalletButton } from "./wallet/wallet.js";

export function createAppRouter(config: AppConfig, wagmi: Config) {
  const [first] = config.markets;
  const marketNamed = (name: string) => config.markets.find((market) => marketName(market) === name);
  const client = getClient(wagmi, { chainId: first.chainId }) as Client;

  const root = createRootRoute({
    component: Outlet,
    errorComponent: ({ error }: ErrorComponentProps) => (
      <main className="failed">
        <Notice tone="error" title={strings.boundary.title}>
          {error instanceof Error ? error.message : String(error)}
        </Notice>
      </main>
    ),
    notFoundComponent: () => <Home />,
  });
  const toFirst = () => redirect({ to: "/trade/$market", params: { market: marketName(first) } });
  const index = createRoute({
    getParentRoute: () => root,
    path: "/",
    beforeLoad: () => {
      throw toFirst();
    },
  });
  const trade = createRoute({
    getParentRoute: () => root,
    path: "/trade/$market",
    beforeLoad: ({ params }) => {
      if (!marketNamed(params.market)) throw toFirst();
    },
    component: function Trade() {
      const { market } = trade.useParams();
      const deployment = marketNamed(market) ?? first;
      const prices = useMemo(() => startPriceFeed(client, deployment, config.priceUrls), [deployment]);
      useEffect(() => prices.stop, [prices]);
      const value = useMemo(() => ({ config, deployment, client, prices }), [deployment, prices]);
      return (
        <AppProvider value={value}>
          <Frame>
            <TradePage key={market} />
          </Frame>
        </AppProvider>
      );
    },
  });

  return createRouter({ routeTree: root.addChildren([index, trade]), defaultPreload: false });
}

function Home() {
  return (
    <main className="failed">
      <Link to="/">{strings.nav.trade}</Link>
    </main>
  );
}

function Frame({ children }: { children: ReactNode }) {
  const { config } = useApp();
  const [first] = config.markets;
  return (
    <div className="frame">
      <a className="skip" href="#content">
        {strings.skip}
      </a>
      <header className="top">
        <Link to="/" className="brand">
          <svg aria-hidden="true" viewBox="0 0 16 16" width="18" height="18">
            <path
              d="M2.5 12h11M8 4v8M3.5 4h9"
              stroke="currentColor"
              strokeWidth="1.6"
              fill="none"
              strokeLinecap="round"
            />
          </svg>
          {strings.brand}
        </Link>
        <nav aria-label={strings.nav.label}>
          <Link to="/trade/$market" params={{ market: marketName(first) }} activeProps={{ "aria-current": "page" }}>
            {strings.nav.trade}
          </Link>
        </nav>
        <span className="spacer" />
        <ThemeSelect />
        <WalletButton />
      </header>
      <IndexBanner />
      <main id="content" tabIndex={-1}>
        {children}
      </main>
      <StatusBar />
    </div>
  );
}
