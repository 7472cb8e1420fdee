export { foundryBinary, foundryTools, repositoryRoot } from "./foundry.mjs";
export { run } from "./process.mjs";
export { pythonTool, VERSIONS as pythonVersions } from "./python.mjs";
export { forgeScript } from "./script.mjs";

/** @typedef {import("./foundry.mjs").FoundryTool} FoundryTool */
/** @typedef {import("./process.mjs").RunOptions} RunOptions */
