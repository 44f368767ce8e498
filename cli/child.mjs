import { spawn } from 'node:child_process';

/**
 * Runs a command to its end, at most `limit` milliseconds; its output goes to our standard output, so that lines stay
 * in order; with `capture` it is returned instead. On the limit the command and all it started are stopped.
 * @returns {Promise<{ code: number, seconds: string, timedOut: boolean, output: string }>}
 */
export function run(command, args, { cwd, limit, env = process.env, quiet = false, capture = false, shell = false }) {
  const began = process.hrtime.bigint();
  const output = quiet ? 'ignore' : capture ? 'pipe' : 1;
  const detached = process.platform !== 'win32';
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, shell, detached, stdio: ['ignore', output, output] });
    let timedOut = false;
    let captured = '';
    for (const stream of capture ? [child.stdout, child.stderr] : []) {
      stream.setEncoding('utf8').on('data', (text) => {
        captured += text;
      });
    }
    const stop = (signal) => {
      try {
        if (detached) process.kill(-child.pid, signal);
        else child.kill(signal);
      } catch {
        // Already gone.
      }
    };
    const timer = setTimeout(() => {
      timedOut = true;
      stop('SIGKILL');
    }, limit);
    const interrupted = () => {
      stop('SIGTERM');
      process.exit(130);
    };
    process.once('SIGINT', interrupted);
    process.once('SIGTERM', interrupted);
    const finish = (code) => {
      clearTimeout(timer);
      process.off('SIGINT', interrupted);
      process.off('SIGTERM', interrupted);
      const seconds = (Number(process.hrtime.bigint() - began) / 1e9).toFixed(1);
      resolve({ code: timedOut ? 1 : (code ?? 1), seconds, timedOut, output: captured });
    };
    child.on('error', () => finish(1));
    // Where output is captured, wait until all of it has come.
    child.on(capture ? 'close' : 'exit', finish);
  });
}
