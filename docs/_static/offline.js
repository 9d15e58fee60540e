// A browser lets a page that was opened as a file read no other one. The search works from its
// index alone, without the excerpts that it would read from the pages that it found.
if (location.protocol === "file:") {
  DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
}
