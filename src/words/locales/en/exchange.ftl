# Importing a file: where something is wrong, and what became of the file.

import-part = { $part }: { $detail }
import-cell = row { $row }, column { $column }: { $detail }
import-row = row { $row }: { $detail }
import-file = the file: { $detail }
import-more = … and { $count ->
    [one] one more
   *[other] { $count } more
  }

import-rejected = { $count ->
    [one] one problem: nothing was changed
   *[other] { $count } problems: nothing was changed
  }
import-tried = { $count ->
    [one] one row would be imported; nothing was changed: run again with --commit
   *[other] { $count } rows would be imported; nothing was changed: run again with --commit
  }
import-done = { $count ->
    [one] one row imported
   *[other] { $count } rows imported
  }
