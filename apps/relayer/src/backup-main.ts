// Backup and restore as commands: `tsx src/backup-main.ts backup FILE` and `restore FILE`, on the database that DATABASE_URL names.
import { connect, migrate } from "@counterpoise/service-kit";
import { backUp, restore } from "./backup.js";
import { relayerMigrations } from "./schema.js";

async function main(): Promise<number> {
  const [verb, file] = process.argv.slice(2);
  const url = process.env.DATABASE_URL;
  if ((verb !== "backup" && verb !== "restore") || file === undefined || url === undefined) {
    console.error("DATABASE_URL=postgres://... node --import tsx apps/relayer/src/backup-main.ts backup|restore FILE");
    return 2;
  }
  const pool = connect(url);
  try {
    if (verb === "restore") await migrate(pool, relayerMigrations);
    const counts = verb === "backup" ? await backUp(pool, file) : await restore(pool, file);
    for (const [table, rows] of Object.entries(counts)) console.log(`${table.padEnd(12)} ${rows}`);
    return 0;
  } catch (error) {
    // The address of the database has a password: the message of an error does not repeat it.
    console.error(`The ${verb} failed: ${(error as Error).message}`);
    return 1;
  } finally {
    await pool.end();
  }
}

process.exitCode = await main();
