// The page of one market: figures, chart, ticket, account, position and orders.
import { lazy, Suspense } from "react";
import { useApp } from "../data/context.js";
import { useView } from "../data/snapshot.js";
import { strings } from "../strings.js";
import { Notice } from "../ui/index.js";
import { AccountPanel } from "./account-panel.js";
import { AccountTables } from "./account-tables.js";
import { KeyFigures } from "./key-figures.js";
import { MarketList } from "./market-list.js";
import { Ticket } from "./ticket.js";

const Chart = lazy(() => import("./chart.js"));

export function TradePage() {
  const { config } = useApp();
  const { view, error } = useView();
  const status = view?.state.status;
  return (
    <div className={config.markets.length > 1 ? "trade has-markets" : "trade"}>
      <KeyFigures view={view} />
      {status && status !== "active" && <Notice tone="warning">{strings.status.marketNotActive[status]}</Notice>}
      {!view && error && <Notice tone="error">{strings.status.rpcFailing}</Notice>}
      <div className="columns">
        <MarketList />
        <div className="middle">
          <Suspense fallback={<section className="panel chart" aria-busy="true" />}>
            <Chart view={view} />
          </Suspense>
          <AccountTables view={view} />
        </div>
        <aside className="side">
          <Ticket view={view} />
          <AccountPanel view={view} />
        </aside>
      </div>
    </div>
  );
}
