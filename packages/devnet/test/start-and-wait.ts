// Starts a node and prints its process id. Exits with the argument "exit", and otherwise waits for a signal.
import { startAnvil } from "../src/anvil.js";

const anvil = await startAnvil({ timestamp: 1_516_000_000 });
console.log(anvil.pid);
if (process.argv[2] === "exit") process.exit(0);
setInterval(() => {}, 1_000);
