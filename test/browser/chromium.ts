import { type Browser, chromium, type Page } from 'playwright-core';
import { findCommand } from '../skip.ts';

/** Starts the machine's own Chromium: no window, no talk with the outside. */
export function startChromium(): Promise<Browser> {
  const executablePath = findCommand('chromium');
  return chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: [
      '--no-sandbox',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** What a page said that it should not have: console errors and warnings, errors that nobody caught, requests to elsewhere. */
export function listenForComplaints(page: Page, origin: string): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    // Reading pixels of a canvas drawn in software is slow, and the driver says so.
    if (/GPU stall due to ReadPixels/.test(message.text())) return;
    if (['error', 'warning'].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
  page.on('request', (request) => {
    const address = new URL(request.url());
    if (['data:', 'blob:'].includes(address.protocol)) return;
    if (address.origin !== origin) complaints.push(`request to ${request.url()}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
  });
  return complaints;
}
