// The first file of a worker thread: registers the loader of TypeScript, which threads do not inherit.
import { register } from "tsx/esm/api";

register();
await import("./worker.js");
