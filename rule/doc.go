// Package rule reads rule files: TOML documents that hold EQL queries together
// with their metadata. It knows three layouts and tells them apart by shape:
// detection rules ([metadata] and [rule] with rule_id), endpoint behaviour
// rules ([rule] with id and os_list), and hunts ([hunt] with a list of
// queries).
//
// [Load], [LoadFS] and [Parse] return a [Set]: all rules they could read, what
// they skipped and why, and every problem with its line and column. A bad file
// never hides the others. Queries are handed on as text that knows its place in
// the file; this package does not parse them.
package rule
