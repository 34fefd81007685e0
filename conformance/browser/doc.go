// Package browser drives a running parley from Chromium: unmodified chatjs on a page of another origin, the demo page and the console.
//
// PARLEY_CHROMIUM names the browser; without it, it is looked for. PARLEY_SCREENSHOTS names a folder that keeps pictures of the demo
// page. The npm packages of the folder above must be installed (npm ci).
package browser
