import { ingest } from './ingest'
for await (const r of ingest.run({ quick: false })) { console.log(r); break }
process.exit()
