// Answers bench/registry.mjs as bench/registry-go does: one command a line, one JSON answer a line.
import { createInterface } from 'node:readline';

/** Runs the named function for each line of standard input, and says how long it took. */
export async function answerCommands(commands) {
  for await (const command of createInterface({ input: process.stdin })) {
    const begin = performance.now();
    const cpu = process.cpuUsage();
    let failure;
    try {
      await commands[command]();
    } catch (error) {
      failure = String(error);
    }
    const millis = performance.now() - begin;
    const { user, system } = process.cpuUsage(cpu);
    console.log(JSON.stringify({ millis, cpuMillis: (user + system) / 1000, failure }));
  }
}
