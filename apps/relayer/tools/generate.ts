// Writes the OpenAPI document and the types of the client package: `pnpm --filter @counterpoise/relayer generate`.
import { writeFileSync } from "node:fs";
import { generateClient, targets } from "./client-files.js";

const { document, types } = await generateClient();
writeFileSync(targets.document, document);
writeFileSync(targets.types, types);
