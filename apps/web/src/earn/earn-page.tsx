// The LP vaults of a market: a list, the chosen vault, and the account's requests.
import { lazy, Suspense, useState } from "react";
import { marketName } from "../config.js";
import { useApp } from "../data/context.js";
import type { Maker } from "../data/snapshot.js";
import { useView } from "../data/snapshot.js";
import { useVaults } from "../data/vaults.js";
import { strings } from "../strings.js";
import { Notice } from "../ui/index.js";
import { LpPanel } from "./lp-panel.js";
import { Attribution, Exit, Inventory, Performance } from "./vault-details.js";
import { VaultTable } from "./vault-table.js";

const ShareChart = lazy(() => import("./share-chart.js"));
const text = strings.earn;

export function EarnPage() {
  const { deployment } = useApp();
  const { view } = useView();
  const { vaults, error } = useVaults(view);
  const [kind, setKind] = useState<Maker["kind"]>("oracle");
  const vault = vaults?.find((each) => each.kind === kind) ?? vaults?.[0];
  return (
    <div className="earn">
      <div className="page-head">
        <h1>
          {strings.nav.earn} <span className="muted">{marketName(deployment)}</span>
        </h1>
        <p className="muted">{text.intro}</p>
      </div>
      {!vaults && error && <Notice tone="error">{strings.status.rpcFailing}</Notice>}
      <VaultTable vaults={vaults} chosen={vault?.kind} onChoose={setKind} />
      {!vault && !error && <p className="empty">{strings.common.loading}</p>}
      {vault && (
        <div className="columns">
          <div className="middle">
            <Suspense fallback={<section className="panel history" aria-busy="true" />}>
              <ShareChart key={vault.maker} vault={vault} />
            </Suspense>
            <div className="details">
              <Performance vault={vault} />
              <Exit vault={vault} />
              <Inventory vault={vault} />
              <Attribution key={vault.maker} vault={vault} view={view} />
            </div>
          </div>
          <aside className="side">
            <LpPanel key={vault.maker} vault={vault} />
          </aside>
        </div>
      )}
    </div>
  );
}
