/** Settles with the reason when a worker of the browser breaks: it could not be loaded, or an error escaped every call. */
export function failureOf(worker: Worker): Promise<string> {
  return new Promise((settle) => {
    worker.addEventListener('error', (event) => settle(event.message || 'its code could not be loaded'));
    worker.addEventListener('messageerror', () => settle('an answer could not be read'));
  });
}
