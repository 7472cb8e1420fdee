export * from "./takers.js";
