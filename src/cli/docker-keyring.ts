#!/usr/bin/env node
// The program's process: what only a process of its own can run, and nothing else.
import { stat } from 'node:fs/promises';
import { nodeSystem } from '../system/node-system.ts';
import { runProcess } from './run-process.ts';

const isDirectory = async (path: string): Promise<boolean> => (await stat(path)).isDirectory();

void runProcess(process, { system: nodeSystem, isDirectory });
