export * from "./agents/liquidator.js";
export * from "./agents/lp.js";
export * from "./agents/movers.js";
export * from "./population.js";
export * from "./random.js";
export * from "./spec.js";
export * from "./takers.js";
export * from "./views.js";
