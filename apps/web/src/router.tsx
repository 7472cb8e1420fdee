// Addresses of the app: `/trade/ETH-USDC`.
import type { Deployment } from "@counterpoise/sdk";
import {
  createRootRoute,
  createRoute,
  createRouter,
  type ErrorComponentProps,
  Link,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense, useEffect, useMemo } from "react";
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

const EarnPage = lazy(() => import("./earn/earn-page.js").then(({ EarnPage: page }) => ({ default: page })));
const RiskPage = lazy(() => import("./risk/risk-page.js").then(({ RiskPage: page }) => ({ default: page })));

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
  const beforeLoad = ({ params }: { params: { market: string } }) => {
    if (!marketNamed(params.market)) throw toFirst();
  };
  const trade = createRoute({
    getParentRoute: () => root,
    path: "/trade/$market",
    beforeLoad,
    component: function Trade() {
      const { market } = trade.useParams();
      return (
        <MarketPage config={config} client={client} deployment={marketNamed(market) ?? first}>
          <TradePage key={market} />
        </MarketPage>
      );
    },
  });
  const earn = createRoute({
    getParentRoute: () => root,
    path: "/earn/$market",
    beforeLoad,
    component: function Earn() {
      const { market } = earn.useParams();
      return (
        <MarketPage config={config} client={client} deployment={marketNamed(market) ?? first}>
          <Suspense fallback={<p className="empty">{strings.common.loading}</p>}>
            <EarnPage key={market} />
          </Suspense>
        </MarketPage>
      );
    },
  });
  const risk = createRoute({
    getParentRoute: () => root,
    path: "/risk/$market",
    beforeLoad,
    component: function Risk() {
      const { market } = risk.useParams();
      return (
        <MarketPage config={config} client={client} deployment={marketNamed(market) ?? first}>
          <Suspense fallback={<p className="empty">{strings.common.loading}</p>}>
            <RiskPage key={market} />
          </Suspense>
        </MarketPage>
      );
    },
  });

  return createRouter({ routeTree: root.addChildren([index, trade, earn, risk]), defaultPreload: false });
}

/** A page of one market, in the frame. */
function MarketPage({
  config,
  client,
  deployment,
  children,
}: {
  config: AppConfig;
  client: Client;
  deployment: Deployment;
  children: ReactNode;
}) {
  const prices = useMemo(
    () => startPriceFeed(client, deployment, config.priceUrls),
    [client, deployment, config.priceUrls],
  );
  useEffect(() => prices.stop, [prices]);
  const value = useMemo(() => ({ config, deployment, client, prices }), [config, client, deployment, prices]);
  return (
    <AppProvider value={value}>
      <Frame>{children}</Frame>
    </AppProvider>
  );
}

function Home() {
  return (
    <main className="failed">
      <Link to="/">{strings.nav.trade}</Link>
    </main>
  );
}

function Frame({ children }: { children: ReactNode }) {
  const { deployment } = useApp();
  const params = { market: marketName(deployment) };
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
          <Link to="/trade/$market" params={params} activeProps={{ "aria-current": "page" }}>
            {strings.nav.trade}
          </Link>
          <Link to="/earn/$market" params={params} activeProps={{ "aria-current": "page" }}>
            {strings.nav.earn}
          </Link>
          <Link to="/risk/$market" params={params} activeProps={{ "aria-current": "page" }}>
            {strings.nav.risk}
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
