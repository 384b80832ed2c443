// Worker threads, child processes and a cluster of both: each is a Node of its own and says where its own calls came
// from. Marks as in styles.mjs.
import { execFile, fork, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { isMainThread, Worker, workerData } from 'node:worker_threads';

const file = fileURLToPath(import.meta.url);
const at = name => `https://api.openai.com/v1/chat/completions?case=${name}`;
const headers = { 'content-type': 'application/json', authorization: 'Bearer sk-test' };
const body = JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'hi' }] });
const post = { method: 'POST', body, headers };
const over = child => new Promise((done, fail) => child.on('error', fail).on('exit', done));
const started = isMainThread ? process.argv[2] : workerData;

if (started === 'thread') {
  await new Promise(done => setTimeout(done, 1));
  await fetch(at('worker-thread'), post); // @worker-thread
} else if (started === 'fork') {
  process.once('message', async () => {
    await fetch(at('forked'), post); // @forked
    process.disconnect();
  });
} else if (started === 'spawn') {
  await fetch(at('spawned'), post); // @spawned
} else if (started === 'exec') {
  await fetch(at('executed'), post); // @executed
} else {
  await over(new Worker(new URL(import.meta.url), { workerData: 'thread' }));
  const forked = fork(file, ['fork']);
  forked.send('go');
  await over(forked);
  await over(spawn(process.execPath, [file, 'spawn'], { stdio: 'inherit' }));
  await promisify(execFile)(process.execPath, [file, 'exec']);
  await fetch(at('main-thread'), post); // @main-thread
}
