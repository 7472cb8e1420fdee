import type { Finder } from "../work.js";
import { deadFeeds } from "./dead-feeds.js";
import { hedgeGaps, quoteVaults } from "./hedges.js";
import { liquidations } from "./liquidations.js";
import { lpRequests } from "./lp-requests.js";
import { orders } from "./orders.js";
import { prices } from "./prices.js";
import { announcedOrders, announcements } from "./signed-orders.js";

/** All finders. */
export const finders: Readonly<Record<string, Finder>> = {
  prices,
  liquidations,
  orders,
  announcedOrders,
  announcements,
  lpRequests,
  quoteVaults,
  hedgeGaps,
  deadFeeds,
};
