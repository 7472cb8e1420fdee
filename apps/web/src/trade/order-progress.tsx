// The progress of the account's latest order: created, its price published, filled.
import { useApp } from "../data/context.js";
import { usePortfolio } from "../data/portfolio.js";
import { strings } from "../strings.js";
import { useNow } from "../ui/index.js";
import { stateOf } from "./order-state.js";

/** Seconds for which the end of an order is shown. */
const SHOWN = 60;

export function OrderProgress() {
  const { deployment } = useApp();
  const { data } = usePortfolio();
  const now = useNow();
  const [latest] = data?.orders ?? [];
  if (!latest || now - Number(latest.order.expiresAt) > SHOWN) return null;
  const state = stateOf(latest, deployment);
  if (state.isOver && now - Number(latest.order.executableAt) > SHOWN) return null;
  return (
    <div className={`progress progress-${state.tone}`} data-testid="progress">
      <ol aria-label={strings.orders.progress}>
        {strings.orders.steps.map((step, i) => (
          <li key={step} className={i < state.steps ? "done" : i === state.steps ? "next" : ""}>
            {i === 2 && state.tone === "bad" ? strings.orders.ended : step}
          </li>
        ))}
      </ol>
      <p role="status">{state.words}</p>
    </div>
  );
}
