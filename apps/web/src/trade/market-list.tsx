// All markets of the configuration, each with its price and its funding.
import { getMarket } from "@counterpoise/sdk";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { marketName } from "../config.js";
import { useApp } from "../data/context.js";
import { percent, price } from "../format.js";
import { strings } from "../strings.js";
import { toneOf, Value } from "../ui/index.js";

export function MarketList() {
  const { client, config } = useApp();
  const { data } = useQuery({
    queryKey: ["markets"],
    refetchInterval: config.pollingInterval * 3,
    structuralSharing: false,
    queryFn: () => Promise.all(config.markets.map((deployment) => getMarket(client, { deployment }))),
  });
  return (
    <nav className="panel markets" aria-label={strings.markets.title}>
      <ul>
        {config.markets.map((deployment, i) => {
          const market = data?.[i];
          const rate = market && market.fundingRate * 3_600n;
          return (
            <li key={deployment.marketId}>
              <Link
                to="/trade/$market"
                params={{ market: marketName(deployment) }}
                activeProps={{ "aria-current": "page" }}
              >
                <span className="strong">{marketName(deployment)}</span>
                <span className="num">
                  <Value text={price(market?.price)} />
                </span>
                <span className="muted small">{strings.markets.funding}</span>
                <span className={`num small tone-${toneOf(rate) ?? "none"}`}>
                  <Value text={percent(rate, { min: 4, sign: "always" })} />
                </span>
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
