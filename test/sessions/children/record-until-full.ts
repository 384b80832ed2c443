/** Records 400 exchanges under a file size limit set by its parent; goes on to the end whatever the disk says. */
import { openHome } from '../../../src/sessions/home.ts';
import { randomExchange } from '../random-exchange.ts';
import { record, startSession } from '../temporary-home.ts';

const warnings: string[] = [];
const home = openHome(process.argv[2]);
const writer = startSession(home, {}, { onWarning: message => warnings.push(message) });
for (let seq = 0; seq < 400; seq++) record(writer, randomExchange(1, seq));
const summary = await writer.seal();
console.log(JSON.stringify({ id: writer.id, calls: summary.calls, sealed: summary.sealed, warnings }));
