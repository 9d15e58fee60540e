// A page that was opened as a file may not read other files. The search then uses only its index,
// and shows no excerpts, which it would read from the pages that it found.
if (location.protocol === "file:") {
  DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
}
